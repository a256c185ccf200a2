lint --compat -

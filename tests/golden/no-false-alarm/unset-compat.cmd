lint --compat unset

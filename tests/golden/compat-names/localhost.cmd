lint --compat --resolve -

lint --compat --format json Corefile

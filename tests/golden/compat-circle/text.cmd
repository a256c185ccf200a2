lint --compat Corefile

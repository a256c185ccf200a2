lint --strict --compat Corefile

lint --profile cluster --root . --compat Corefile

lint --compat --root files Corefile

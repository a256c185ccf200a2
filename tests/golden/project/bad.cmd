lint --config bad Corefile

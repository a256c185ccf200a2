lint --dump-plan -f gcc Corefile

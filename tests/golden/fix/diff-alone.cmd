lint --diff Corefile

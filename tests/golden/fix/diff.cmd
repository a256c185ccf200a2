lint --fix --diff Corefile clean

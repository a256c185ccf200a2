lint --fix --diff keys

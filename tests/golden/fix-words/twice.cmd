lint --fix --diff twice

lint --fix --diff options

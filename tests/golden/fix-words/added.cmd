lint --fix --diff added

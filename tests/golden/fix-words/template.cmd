lint --fix --diff template

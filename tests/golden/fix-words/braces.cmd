lint --fix --diff braces

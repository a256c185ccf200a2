lint --fix --diff comments

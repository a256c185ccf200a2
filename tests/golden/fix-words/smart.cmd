lint --fix --diff smart

lint --fix -

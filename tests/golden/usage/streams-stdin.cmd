lint --fix --format json -

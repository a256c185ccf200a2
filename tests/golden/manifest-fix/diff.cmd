lint --fix --diff all.yaml

lint --fix all.yaml

lint --compat files.yaml

lint --compat twice.yaml binary.yaml

lint bytes.yaml

lint null.yaml

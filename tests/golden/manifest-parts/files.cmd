lint files.yaml

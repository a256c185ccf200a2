lint twice.yaml

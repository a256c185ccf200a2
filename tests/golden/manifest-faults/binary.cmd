lint binary.yaml

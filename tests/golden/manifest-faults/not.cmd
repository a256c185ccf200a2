lint not.yaml

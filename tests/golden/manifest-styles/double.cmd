lint double.yaml

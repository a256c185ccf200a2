lint double-line.yaml

lint plain.yaml

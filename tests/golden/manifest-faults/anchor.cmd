lint anchor.yaml

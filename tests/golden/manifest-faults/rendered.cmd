lint rendered.yaml

lint --input-format json null.yaml

lint mapping.yaml

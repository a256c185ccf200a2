lint several.yaml

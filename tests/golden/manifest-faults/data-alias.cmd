lint data-alias.yaml

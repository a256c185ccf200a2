lint alias.yaml

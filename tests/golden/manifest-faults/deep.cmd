lint deep.yaml

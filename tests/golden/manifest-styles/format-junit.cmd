lint -f junit double.yaml literal.yaml

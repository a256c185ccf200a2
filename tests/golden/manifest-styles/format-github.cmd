lint -f github double.yaml literal.yaml

lint -f json double.yaml literal.yaml

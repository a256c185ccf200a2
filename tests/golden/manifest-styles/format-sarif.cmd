lint -f sarif double.yaml literal.yaml

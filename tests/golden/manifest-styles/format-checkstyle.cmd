lint -f checkstyle double.yaml literal.yaml

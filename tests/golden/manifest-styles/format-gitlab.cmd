lint -f gitlab double.yaml literal.yaml

lint -f gcc double.yaml literal.yaml

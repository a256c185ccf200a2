lint -f json not.yaml

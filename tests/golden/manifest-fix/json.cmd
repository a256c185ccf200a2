lint -f json --no-config all.yaml

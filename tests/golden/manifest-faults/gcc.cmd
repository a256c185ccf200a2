lint -f gcc none.yaml not.yaml

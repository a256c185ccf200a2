fmt good.yaml

lint none.yaml

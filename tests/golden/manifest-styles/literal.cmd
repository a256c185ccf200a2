lint literal.yaml

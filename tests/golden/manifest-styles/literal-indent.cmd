lint literal-indent.yaml

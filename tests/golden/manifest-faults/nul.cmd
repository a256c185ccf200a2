lint nul.yaml

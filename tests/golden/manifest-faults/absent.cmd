lint absent.yaml

migrate old.yaml

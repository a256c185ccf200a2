lint --input-format corefile null.yaml

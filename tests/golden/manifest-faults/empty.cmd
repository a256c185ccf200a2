lint empty.yaml

lint tagged.yaml

lint folded.yaml

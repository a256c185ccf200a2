fmt folded.yaml

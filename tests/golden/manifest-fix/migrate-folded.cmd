migrate --diff old-folded.yaml

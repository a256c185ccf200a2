migrate --diff old.yaml

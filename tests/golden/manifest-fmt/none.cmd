fmt --check none.yaml

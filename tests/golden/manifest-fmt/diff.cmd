fmt --diff coredns.yaml

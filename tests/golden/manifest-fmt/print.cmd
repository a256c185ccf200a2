fmt coredns.yaml

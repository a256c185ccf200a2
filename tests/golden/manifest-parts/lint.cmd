lint coredns.yaml

fmt --check coredns.yaml good.yaml

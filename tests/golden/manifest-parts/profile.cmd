lint -f gcc --profile cluster coredns.yaml

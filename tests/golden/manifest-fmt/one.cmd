fmt --diff coredns.yaml#coredns

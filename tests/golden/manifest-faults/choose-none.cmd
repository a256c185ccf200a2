lint several.yaml#c/coredns

lint -f gcc several.yaml#b/coredns

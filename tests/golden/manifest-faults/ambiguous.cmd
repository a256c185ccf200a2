explain -f several.yaml#coredns example.org A

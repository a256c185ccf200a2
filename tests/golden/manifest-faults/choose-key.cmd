explain -f several.yaml#coredns:Corefile.test example.org A

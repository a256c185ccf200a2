lint absent.yaml#x

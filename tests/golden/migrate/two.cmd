migrate a b

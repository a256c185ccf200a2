build a b

explain a b c

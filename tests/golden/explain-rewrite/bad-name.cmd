explain a..b

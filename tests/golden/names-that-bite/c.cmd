build -C

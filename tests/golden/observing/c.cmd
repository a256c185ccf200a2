build -C Corefile

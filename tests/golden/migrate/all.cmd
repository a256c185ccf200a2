migrate Corefile

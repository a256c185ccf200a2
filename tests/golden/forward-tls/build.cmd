build Corefile

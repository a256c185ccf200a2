lint Corefile

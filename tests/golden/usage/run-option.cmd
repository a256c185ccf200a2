run --static Corefile

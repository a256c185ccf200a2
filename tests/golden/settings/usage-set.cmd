build --set =5 Corefile

fmt -c Corefile

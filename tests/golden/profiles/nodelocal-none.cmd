lint nodelocal.Corefile

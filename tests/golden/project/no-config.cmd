lint --no-config --set ZONE=a --set OTHER=b Corefile

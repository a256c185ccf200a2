lint -f gcc zone Corefile

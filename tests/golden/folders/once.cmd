lint -f gcc . zone Corefile ./Corefile

lint -f gcc --config bad Corefile

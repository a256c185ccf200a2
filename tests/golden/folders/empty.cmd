lint -f gcc empty Corefile

fmt --diff=3 Corefile

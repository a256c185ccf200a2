migrate --diff Corefile

fmt --diff Corefile

diff Corefile

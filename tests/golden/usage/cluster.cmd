build -Cx Corefile

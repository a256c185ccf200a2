lint -f gcc zone/deep/Corefile

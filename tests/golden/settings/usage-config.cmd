build --config strict --no-config Corefile

build -C -o out.c --no-config Corefile

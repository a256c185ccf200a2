build -C -o out.c --config strict Corefile

build -C -o out.c Corefile

build -C -o out.c ports

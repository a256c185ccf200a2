build -C -o out.c ours

build -o

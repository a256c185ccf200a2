build -C --config wrong Corefile

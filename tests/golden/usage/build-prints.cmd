build -C --dump-plan Corefile

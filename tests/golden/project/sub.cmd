lint sub/Corefile

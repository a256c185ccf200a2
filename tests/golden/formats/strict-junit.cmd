lint -f junit --strict Corefile

lint --dump-ast -f junit Corefile

lint --strict Corefile

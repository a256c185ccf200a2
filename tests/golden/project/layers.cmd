ZONE=process.example
lint --dump-ast Corefile

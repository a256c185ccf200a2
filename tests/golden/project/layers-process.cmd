ZONE=process.example
lint --no-config --dump-ast Corefile

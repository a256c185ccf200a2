ZONE=process.example
UP=192.0.2.9
lint --dump-ast Corefile

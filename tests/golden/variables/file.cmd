ZONE=process.example
lint --env-file good.env --dump-ast Corefile

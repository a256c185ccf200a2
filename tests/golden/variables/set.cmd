ZONE=process.example
lint --env-file good.env --set ZONE=set.example --set ZONE=last.example --dump-ast Corefile

lint --dump-ast small.yaml

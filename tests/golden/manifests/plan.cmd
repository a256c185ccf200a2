lint --dump-plan small.yaml

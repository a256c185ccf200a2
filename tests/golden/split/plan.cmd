build --dump-plan

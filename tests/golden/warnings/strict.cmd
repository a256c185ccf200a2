lint --strict

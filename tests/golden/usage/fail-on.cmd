lint --fail-on never

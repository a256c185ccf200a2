lint --fail-on warning

lint --profile cluster pod

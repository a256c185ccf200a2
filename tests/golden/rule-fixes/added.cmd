lint --format json --profile cluster added.Corefile

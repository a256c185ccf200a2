lint --format json Corefile

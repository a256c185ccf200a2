lint --profile cluster cluster.Corefile

lint --resolve Corefile

lint --base before Corefile

lint --format yaml Corefile

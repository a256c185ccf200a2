lint --color sometimes Corefile

lint --color never --quiet Corefile

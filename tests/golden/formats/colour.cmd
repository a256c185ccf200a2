lint --color always Corefile

diff Corefile bad

diff Corefile absent

lint --root now Corefile

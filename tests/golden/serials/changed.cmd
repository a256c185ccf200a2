lint --root now --base before Corefile

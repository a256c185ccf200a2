lint --root now --base nowhere Corefile

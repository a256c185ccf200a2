fmt --check Corefile

fmt --check -w Corefile

lint --fix --diff -f sarif Corefile

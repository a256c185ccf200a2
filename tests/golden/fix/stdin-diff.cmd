lint --fix --diff -

migrate --diff --from 1.7 Corefile

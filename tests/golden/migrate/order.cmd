migrate --from 1.9 --to 1.2 Corefile

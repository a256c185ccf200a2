migrate --from 1.x Corefile

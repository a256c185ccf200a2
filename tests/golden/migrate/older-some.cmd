migrate --from 1.6.0 --to 1.7.0 older

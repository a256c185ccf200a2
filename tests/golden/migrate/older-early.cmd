migrate --to 1.4.0 older

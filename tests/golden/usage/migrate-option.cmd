migrate --to

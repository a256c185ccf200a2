lint --format junit --fail-on warning --quiet Corefile

plugins --all

explain --format json

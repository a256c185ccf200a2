lint endpoints

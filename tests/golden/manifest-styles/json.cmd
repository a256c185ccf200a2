lint json.json

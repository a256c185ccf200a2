explain --port 5353 other.example

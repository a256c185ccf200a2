explain --port 99 other.example

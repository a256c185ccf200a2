explain --transport tls a.example

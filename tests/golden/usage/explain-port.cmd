explain --port 65536

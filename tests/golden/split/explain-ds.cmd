explain --port 53 --client 192.0.2.1 corp.example DS

explain --client 203.0.113.9 ftp.example.org

explain --client 198.51.100.9 ftp.example.org AAAA

explain --client 192.0.2.200 img.cdn.example.org

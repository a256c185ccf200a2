explain --format json --client 192.0.2.200 old.example.org

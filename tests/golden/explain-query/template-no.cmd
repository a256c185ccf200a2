explain --client 192.0.2.200 no.ip.example.org

explain --client 192.0.2.200 example.org ANY

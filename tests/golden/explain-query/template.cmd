explain --client 192.0.2.200 ip-7.ip.example.org

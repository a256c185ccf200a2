explain --client 192.0.2.200 host.local.example.org

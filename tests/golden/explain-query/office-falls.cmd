explain --client 10.1.2.3 --transport udp x.y.apps.example.org

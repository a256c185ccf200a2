explain --client 10.1.2.3 --transport udp 1.example.org PTR

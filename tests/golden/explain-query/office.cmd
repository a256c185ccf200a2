explain --client 10.1.2.3 --transport udp www.example.org

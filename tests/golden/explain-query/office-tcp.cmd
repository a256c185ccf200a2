explain --client 10.1.2.3 --transport tcp mail.example.org

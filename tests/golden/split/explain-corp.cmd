explain www.corp.example AAAA

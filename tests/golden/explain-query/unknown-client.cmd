explain www.example.org

explain www.example

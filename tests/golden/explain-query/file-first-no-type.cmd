explain Corefile intern.corp.example

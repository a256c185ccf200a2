explain Corefile intern.corp.example A

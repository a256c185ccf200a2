lint directives.Corefile

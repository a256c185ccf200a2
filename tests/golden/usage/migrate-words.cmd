migrate Corefile more

lint cluster.Corefile

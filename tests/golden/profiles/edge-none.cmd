lint edge.Corefile

lint --set =x Corefile

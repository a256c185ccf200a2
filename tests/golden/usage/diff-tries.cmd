diff --tries 0 Corefile Corefile

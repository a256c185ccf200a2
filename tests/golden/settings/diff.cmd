diff --set PORT=1 Corefile other

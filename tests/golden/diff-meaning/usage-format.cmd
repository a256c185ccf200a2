diff --format yaml Corefile new

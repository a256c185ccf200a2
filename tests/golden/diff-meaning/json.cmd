diff --format json Corefile new

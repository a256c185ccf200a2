diff --format json Corefile same

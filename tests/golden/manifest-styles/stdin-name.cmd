lint -f gcc --stdin-name x.yaml -

lint -f gcc --no-config deploy/coredns.yaml deploy

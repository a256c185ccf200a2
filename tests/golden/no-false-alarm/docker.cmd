lint docker

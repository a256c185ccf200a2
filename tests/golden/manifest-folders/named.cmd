lint -f gcc --no-config nothing/service.yaml deploy/chart/templates/configmap.yaml

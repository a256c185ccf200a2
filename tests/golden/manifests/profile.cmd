lint --no-config --profile cluster aks.yaml kubeadm.yaml

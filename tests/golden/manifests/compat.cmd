lint --no-config --compat aks.yaml eks.yaml k3s.yaml kubeadm.yaml nodelocal.yaml openshift.yaml

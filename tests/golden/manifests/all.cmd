lint --no-config aks.yaml eks.yaml k3s.yaml kubeadm.yaml nodelocal.yaml openshift.yaml

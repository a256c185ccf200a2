diff kubeadm.yaml k3s.yaml

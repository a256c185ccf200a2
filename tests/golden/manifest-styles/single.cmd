lint single.yaml

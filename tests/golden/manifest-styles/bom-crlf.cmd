lint bom-crlf.yaml

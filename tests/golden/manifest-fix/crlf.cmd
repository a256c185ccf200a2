lint --fix --diff crlf.yaml

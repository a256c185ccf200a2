lint utf16.yaml

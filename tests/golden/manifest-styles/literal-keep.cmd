lint literal-keep.yaml

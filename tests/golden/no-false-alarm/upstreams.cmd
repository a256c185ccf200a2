lint upstreams

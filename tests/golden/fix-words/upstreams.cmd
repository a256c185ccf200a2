lint --profile nodelocal upstreams

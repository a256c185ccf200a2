lint --fix --diff --profile nodelocal upstreams

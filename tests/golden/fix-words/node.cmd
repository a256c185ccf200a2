lint --fix --diff --profile nodelocal node

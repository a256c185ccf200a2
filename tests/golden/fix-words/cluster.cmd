lint --fix --diff --profile cluster cluster

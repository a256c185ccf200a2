lint --fix --diff --profile cluster probes

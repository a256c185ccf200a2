lint --profile resolver one-plugin

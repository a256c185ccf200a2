lint --profile home

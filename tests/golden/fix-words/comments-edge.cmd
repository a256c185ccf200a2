lint --profile edge comments

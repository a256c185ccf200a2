lint --fix --diff words

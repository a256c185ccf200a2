lint --env-file absent.env Corefile

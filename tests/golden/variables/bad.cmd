lint --env-file bad.env Corefile

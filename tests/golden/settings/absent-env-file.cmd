explain --env-file absent

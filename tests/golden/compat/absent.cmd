lint --compat nonesuch

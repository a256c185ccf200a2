lint access

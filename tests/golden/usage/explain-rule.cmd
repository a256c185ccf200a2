lint --explain CF3004

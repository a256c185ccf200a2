lint --format junit Corefile clean absent

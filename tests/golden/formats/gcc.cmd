lint --format gcc Corefile clean absent

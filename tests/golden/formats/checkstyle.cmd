lint --format checkstyle Corefile clean absent

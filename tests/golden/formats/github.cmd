lint --format github Corefile clean absent

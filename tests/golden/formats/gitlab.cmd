lint --format gitlab Corefile clean absent

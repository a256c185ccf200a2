run --config wrong Corefile

diff Corefile --config wrong Corefile

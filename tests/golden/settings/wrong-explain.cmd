explain --config wrong

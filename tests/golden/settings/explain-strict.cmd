explain --config strict

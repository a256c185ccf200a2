lint --compat --format json circle.in

return 1_000_000

local a, b, = 1, 2

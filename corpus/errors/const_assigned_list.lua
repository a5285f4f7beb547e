local a, b <const>, c = 1, 2, 3
a, b, c = 4, 5, 6

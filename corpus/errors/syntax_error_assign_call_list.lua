local a
a, print() = 1, 2

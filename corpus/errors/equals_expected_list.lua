local a, b
a, b

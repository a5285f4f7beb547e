local 5 = x

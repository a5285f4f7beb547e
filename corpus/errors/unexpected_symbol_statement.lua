-- A statement cannot begin with a number.
1 + 1

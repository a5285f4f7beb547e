-- Only strings and constructors may follow without parentheses.
local o = {}
o:method 5

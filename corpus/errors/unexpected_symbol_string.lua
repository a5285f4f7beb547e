-- A literal cannot be called without parentheses.
local x = "a" "b"

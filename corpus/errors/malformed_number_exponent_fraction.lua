-- Exponents are integers.
local x = 1e5.5

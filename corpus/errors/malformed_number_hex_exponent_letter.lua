-- The exponent of a hexadecimal float is decimal.
local x = 0x1pf

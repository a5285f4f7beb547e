-- A keyword touching a numeral that may be hexadecimal.
local x = 3and 4

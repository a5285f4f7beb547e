-- An operand is missing at the end of the file.
local x = 1 +

-- There are no binary numerals.
local x = 0b1010

-- Letters touching a numeral.
local width = 12px

-- A quoted string may not span lines.
local s = "begins here
ends nowhere"

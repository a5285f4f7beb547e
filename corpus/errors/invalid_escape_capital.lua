-- Escapes are lower case.
local s = "\N"

-- A quoted string cut off by the end of the file.
local ok = "fine"
local s = 'no end
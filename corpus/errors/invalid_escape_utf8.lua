-- A backslash in front of a byte above 127.
local s = "\é"

-- The file ends within an escape.
local s = "cut after the backslash\
-- The closing quote stands where the second digit belongs.
local s = "\x4"

-- An equals sign right after the bracket begins a long string.
local t = {}
print(t[=t])

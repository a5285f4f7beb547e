-- A keyword is no field name after a dot.
local t = {}
print(t.end)

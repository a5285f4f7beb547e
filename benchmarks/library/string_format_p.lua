-- string.format with %p and objects
local N = tonumber((...)) or 3400
local format = string.format
local t = setmetatable({}, { __tostring = function() return "object" end })
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #format("%s %s %s", t, true, nil) end
end
print(sum)

-- tostring of strings, booleans and objects
local N = tonumber((...)) or 1100
local tostring = tostring
local object = setmetatable({}, { __tostring = function() return "object" end })
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #tostring("text") + #tostring(true) + #tostring(nil) + #tostring(object) end
end
print(sum)

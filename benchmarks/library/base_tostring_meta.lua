-- tostring with __tostring and __name
local N = tonumber((...)) or 3400
local tostring = tostring
local a = setmetatable({}, { __tostring = function() return "an object" end })
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #tostring(a) end
end
print(sum)

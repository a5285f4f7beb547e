-- tostring of floats
local N = tonumber((...)) or 360
local tostring = tostring
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #tostring(i / 4) + #tostring(i / 3) end
end
print(sum)

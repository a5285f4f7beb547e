-- tostring of integers
local N = tonumber((...)) or 740
local tostring = tostring
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #tostring(i) + #tostring(-i * 1000003) end
end
print(sum)

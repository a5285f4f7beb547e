-- math.floor and math.ceil
local N = tonumber((...)) or 3600
local floor, ceil = math.floor, math.ceil
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + floor(i / 3) + ceil(i * 0.7) + floor(i) end
end
print(sum)

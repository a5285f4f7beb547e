-- math.min and math.max
local N = tonumber((...)) or 2600
local min, max = math.min, math.max
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + max(i, 500) + min(i, 500, 20) + max(i + 0.5, 2) // 1 end
end
print(sum)

-- math.random from a given seed
local N = tonumber((...)) or 3400
local random = math.random
math.randomseed(42, 7)
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + random(100) + random(5, 9) end
end
print(sum)

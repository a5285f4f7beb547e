-- math.random
local N = tonumber((...)) or 4000
local random = math.random
math.randomseed(42, 7)
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local r = random(10); if r < 1 or r > 10 or random() >= 1 then sum = sum + 1 end end
end
print(sum)

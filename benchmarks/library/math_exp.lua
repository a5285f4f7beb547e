-- math.exp, deg, rad
local N = tonumber((...)) or 2900
local exp, deg, rad = math.exp, math.deg, math.rad
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + exp(i / 1000) + deg(i) + rad(i) end
end
print(string.format("%.3f", sum))

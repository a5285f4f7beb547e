-- math.sin, cos, atan, exp, log
local N = tonumber((...)) or 4800
local sin, cos, atan, exp, log = math.sin, math.cos, math.atan, math.exp, math.log
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + sin(i) * cos(i) + atan(i, 2) + exp(i / 1000) + log(i) end
end
print(string.format("%.3f", sum))

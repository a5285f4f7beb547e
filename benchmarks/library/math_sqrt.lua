-- math.sqrt, and powers
local N = tonumber((...)) or 4900
local sqrt = math.sqrt
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + sqrt(i) + i ^ 0.5 + i ^ 2 end
end
print(string.format("%.3f", sum))

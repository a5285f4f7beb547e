-- math.log with a base
local N = tonumber((...)) or 11000
local log = math.log
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + log(i, 2) + log(i, 10) end
end
print(string.format("%.3f", sum))

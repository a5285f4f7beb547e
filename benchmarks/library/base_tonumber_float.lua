-- tonumber of floats
local N = tonumber((...)) or 2900
local tonumber, numbers = tonumber, { "12.5", "-0.001953125", "1e10", ".5" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + tonumber(numbers[i % 4 + 1]) end
end
print(sum)

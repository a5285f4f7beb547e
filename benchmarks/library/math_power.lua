-- powers and float division
local N = tonumber((...)) or 4300
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + i ^ 1.5 + i // 3 + i % 7 + 7.5 % i + i / 3 end
end
print(string.format("%.3f", sum))

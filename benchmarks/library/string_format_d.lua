-- string.format of integers
local N = tonumber((...)) or 660
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #format("%d %5d %05d", i, i * 3, -i) end
end
print(sum)

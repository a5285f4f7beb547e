-- tonumber of integers in decimal and hexadecimal
local N = tonumber((...)) or 7100
local tonumber, numbers = tonumber, { "12", "-3456789", " 0x1F ", "0" }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + tonumber(numbers[i % 4 + 1]) end
end
print(sum)

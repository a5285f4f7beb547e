-- string.format with %q of numbers
local N = tonumber((...)) or 2900
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #format("%q %q %q", i, i / 4, true) end
end
print(sum)

-- string.format of floats with significant digits
local N = tonumber((...)) or 260
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #format("%g %.14g %.17g", i / 3, i / 7, i / 9) end
end
print(sum)

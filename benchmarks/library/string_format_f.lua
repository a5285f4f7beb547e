-- string.format of floats with a number of places
local N = tonumber((...)) or 450
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #format("%.2f %8.3f", i / 3, i * 1.5) end
end
print(sum)

-- string.format with widths
local N = tonumber((...)) or 1000
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #format("%10d|%-10s|%05d|%+.3f|%.3s", i, "left", i, i / 3, "truncated") end
end
print(sum)

-- string.format with %a
local N = tonumber((...)) or 2900
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #format("%a", i / 3) end
end
print(sum)

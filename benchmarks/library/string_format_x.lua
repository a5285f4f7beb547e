-- string.format in base 16 and 8
local N = tonumber((...)) or 680
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #format("%x %08X %o", i, i * 77, i) end
end
print(sum)

-- arithmetic on strings
local N = tonumber((...)) or 4000
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + "10" + "0x10" * 2 - "1.5" end
end
print(sum)

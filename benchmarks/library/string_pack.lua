-- string.pack of numbers
local N = tonumber((...)) or 770
local pack = string.pack
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #pack("<i4 I2 d", i, i & 0xffff, i * 0.5) + #pack(">I8B", i, i & 255) end
end
print(sum)

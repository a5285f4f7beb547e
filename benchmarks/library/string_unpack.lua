-- string.unpack of numbers
local N = tonumber((...)) or 1900
local unpack = string.unpack
local data = string.pack("<i4 I2 d", -7, 40000, 12.5)
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local a, c, d = unpack("<i4 I2 d", data); sum = sum + a + c + d // 1 | 0 end
end
print(sum)

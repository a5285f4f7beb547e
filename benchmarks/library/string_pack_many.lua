-- string.pack of many numbers
local N = tonumber((...)) or 7400
local pack, unpack = string.pack, string.unpack
local sum = 0
for _ = 1, N do
  for i = 1, 100 do local s = pack(">I2I3I4i8fdnj", 1, 2, 3, 4, 0.5, 0.25, 1, 2); local a, b = unpack(">I2I3", s); sum = sum + #s + a + b end
end
print(sum)

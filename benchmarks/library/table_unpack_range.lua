-- table.unpack of a range
local N = tonumber((...)) or 5400
local unpack = table.unpack
local list = { 1, 2, 3, 4, 5, 6, 7, 8 }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local a, b = unpack(list, 3, 4); sum = sum + a + b end
end
print(sum)

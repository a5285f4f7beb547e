-- table.unpack of short lists
local N = tonumber((...)) or 4000
local unpack = table.unpack
local list = { 1, 2, 3 }
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local a, b, c = unpack(list); sum = sum + a + b + c end
end
print(sum)

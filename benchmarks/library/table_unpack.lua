-- table.unpack
local N = tonumber((...)) or 3800
local unpack = table.unpack
local t, list = { 1, 2, 3 }, {}
for i = 1, 30 do list[i] = i end
local sum = 0
for _ = 1, N do
  for i = 1, 300 do local a, b, c = unpack(t); sum = sum + a + b + c + select("#", unpack(list)) end
end
print(sum)

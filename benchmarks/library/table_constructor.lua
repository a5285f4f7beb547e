-- tables of several shapes
local N = tonumber((...)) or 3400
local sum = 0
for _ = 1, N do
  for i = 1, 300 do local t = { i, i + 1, x = i, y = { i } }; sum = sum + t[1] + t.x + t.y[1] end
end
print(sum)

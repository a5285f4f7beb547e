-- table.sort of short lists
local N = tonumber((...)) or 5800
local sort = table.sort
local sum = 0
for _ = 1, N do
  for i = 1, 100 do local t = { i, 3, 1, 4, 1, 5 }; sort(t); sum = sum + t[1] end
end
print(sum)

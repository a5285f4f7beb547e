-- table.insert and remove in the middle
local N = tonumber((...)) or 2500
local insert, remove = table.insert, table.remove
local list = {}
for i = 1, 20 do list[i] = i end
local sum = 0
for _ = 1, N do
  for i = 1, 300 do insert(list, 10, i); sum = sum + remove(list, 5) end
end
print(sum)

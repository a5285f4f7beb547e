-- table.sort by a field
local N = tonumber((...)) or 2200
local sort = table.sort
local list = {}
local function less(a, b) return a.key < b.key end
local sum = 0
for _ = 1, N do
  for i = 1, 200 do list[i] = { key = i * 7919 % 211 } end
  sort(list, less)
  sum = sum + list[1].key
end
print(sum)

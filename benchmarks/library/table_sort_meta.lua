-- table.sort of objects with __lt
local N = tonumber((...)) or 4500
local sort = table.sort
local mt = { __lt = function(a, b) return a.key < b.key end }
local sum = 0
for _ = 1, N do
  local list = {}
  for i = 1, 100 do list[i] = setmetatable({ key = i * 7919 % 211 }, mt) end
  sort(list)
  sum = sum + list[1].key
end
print(sum)

-- table.sort of what is in order
local N = tonumber((...)) or 3400
local sort = table.sort
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 500 do t[i] = i end
  sort(t)
  sum = sum + t[7]
end
print(sum)

-- table.remove from the end
local N = tonumber((...)) or 3900
local remove = table.remove
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 1000 do t[i] = i end
  for i = 1, 1000 do sum = sum + remove(t) end
end
print(sum)

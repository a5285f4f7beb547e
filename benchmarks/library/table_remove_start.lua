-- table.remove from the start
local N = tonumber((...)) or 1500
local remove = table.remove
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 200 do t[i] = i end
  for i = 1, 200 do sum = sum + remove(t, 1) end
end
print(sum)

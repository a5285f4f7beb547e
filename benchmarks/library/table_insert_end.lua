-- table.insert at the end
local N = tonumber((...)) or 5800
local insert = table.insert
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 1000 do insert(t, i) end
  sum = sum + #t
end
print(sum)

-- table.insert at the start
local N = tonumber((...)) or 1500
local insert = table.insert
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 200 do insert(t, 1, i) end
  sum = sum + #t
end
print(sum)

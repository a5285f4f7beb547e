-- table.move
local N = tonumber((...)) or 25000
local move = table.move
local a = {}
for i = 1, 300 do a[i] = i end
local sum = 0
for _ = 1, N do
  move(a, 1, 300, 2)
  move(a, 2, 301, 1)
  move(a, 1, 300, 1, {})
  sum = sum + a[150]
end
print(sum)

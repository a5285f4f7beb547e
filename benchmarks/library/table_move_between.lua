-- table.move to another table
local N = tonumber((...)) or 1500
local move = table.move
local list = { 1, 2, 3, 4, 5 }
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #move(list, 1, 5, 3, {}) end
end
print(sum)

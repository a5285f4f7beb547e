-- table.concat of numbers
local N = tonumber((...)) or 3500
local concat = table.concat
local list = {}
for i = 1, 300 do list[i] = i % 2 == 0 and i or i / 4 end
local sum = 0
for _ = 1, N do
  sum = sum + #concat(list, " ")
end
print(sum)

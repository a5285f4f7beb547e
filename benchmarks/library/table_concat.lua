-- table.concat of short strings
local N = tonumber((...)) or 16000
local concat = table.concat
local list = {}
for i = 1, 300 do list[i] = "item" .. i end
local sum = 0
for _ = 1, N do
  sum = sum + #concat(list) + #concat(list, ", ") + #concat(list, "", 10, 20)
end
print(sum)

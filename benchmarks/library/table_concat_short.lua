-- table.concat of short lists
local N = tonumber((...)) or 5800
local concat = table.concat
local list = { "a", "b", "c" }
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #concat(list, ",") end
end
print(sum)

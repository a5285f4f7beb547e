-- select, table.pack and ... in functions
local N = tonumber((...)) or 10000
local select = select
local function f(...) local n = 0 for i = 1, select("#", ...) do n = n + select(i, ...) end return n end
local sum = 0
for _ = 1, N do
  for i = 1, 100 do sum = sum + f(1, 2, 3, 4, 5, i) end
end
print(sum)

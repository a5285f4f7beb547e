-- select
local N = tonumber((...)) or 2300
local select = select
local function pick(...) return select("#", ...) + (select(2, ...)) + (select(-1, ...)) end
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + pick(i, 2, 3, 4) end
end
print(sum)

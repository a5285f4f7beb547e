-- table.sort by a function
local N = tonumber((...)) or 2000
local sort = table.sort
local seed = 42
local function random() seed = (seed * 16807) % 2147483647; return seed end
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 300 do t[i] = random() end
  sort(t, function(a, b) return a > b end)
  sum = sum + t[1]
end
print(sum)

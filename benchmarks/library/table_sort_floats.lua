-- table.sort of floats
local N = tonumber((...)) or 2000
local sort = table.sort
local seed = 42
local function random() seed = (seed * 16807) % 2147483647; return seed end
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 500 do t[i] = random() / 7 end
  sort(t)
  sum = sum + t[1] // 1
end
print(sum)

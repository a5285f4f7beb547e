-- table.sort of strings
local N = tonumber((...)) or 1400
local sort = table.sort
local seed = 42
local function random() seed = (seed * 16807) % 2147483647; return seed end
local words = {}
for i = 1, 500 do words[i] = "w" .. random() end
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 500 do t[i] = words[random() % 500 + 1] end
  sort(t)
  sum = sum + #t[1]
end
print(sum)

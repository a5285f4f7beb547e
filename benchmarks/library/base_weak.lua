-- weak tables
local N = tonumber((...)) or 29000
local cache = setmetatable({}, { __mode = "k" })
local sum = 0
for _ = 1, N do
  for i = 1, 100 do cache[{}] = i end
  sum = sum + 1
end
print(sum)

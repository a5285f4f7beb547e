-- pairs over a hash table
local N = tonumber((...)) or 14000
local t = {}
for i = 1, 500 do t["k" .. i] = i end
local sum = 0
for _ = 1, N do
  for k, v in pairs(t) do sum = sum + v end
end
print(sum)

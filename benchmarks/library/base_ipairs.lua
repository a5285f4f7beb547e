-- ipairs
local N = tonumber((...)) or 18000
local t = {}
for i = 1, 500 do t[i] = i end
local sum = 0
for _ = 1, N do
  for i, v in ipairs(t) do sum = sum + i + v end
end
print(sum)

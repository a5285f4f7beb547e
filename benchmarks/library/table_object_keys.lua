-- tables and functions as keys
local N = tonumber((...)) or 54000
local t, keys = {}, {}
for i = 1, 100 do keys[i] = i % 2 == 0 and {} or function() return i end end
local sum = 0
for _ = 1, N do
  for i = 1, 100 do t[keys[i]] = i; sum = sum + t[keys[i]] end
end
print(sum)

-- float and negative keys
local N = tonumber((...)) or 11000
local t = {}
local sum = 0
for _ = 1, N do
  for i = 1, 300 do t[i + 0.5] = i; t[-i] = i; sum = sum + t[i + 0.5] + t[-i] end
end
print(sum)

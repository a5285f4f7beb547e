-- new strings as keys
local N = tonumber((...)) or 2200
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 300 do t["key" .. i] = i end
  for i = 1, 300 do sum = sum + t["key" .. i] end
end
print(sum)

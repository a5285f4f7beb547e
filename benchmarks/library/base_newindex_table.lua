-- new fields through a proxy: __newindex is a table
local N = tonumber((...)) or 1000
local sum = 0
for _ = 1, N do
  local store = {}
  local proxy = setmetatable({}, { __newindex = store })
  for i = 1, 10000 do proxy[i] = i end
  sum = sum + #store
end
print(sum)

-- new fields through a proxy: __newindex is a function
local N = tonumber((...)) or 600
local sum = 0
for _ = 1, N do
  local store = {}
  local proxy = setmetatable({}, { __newindex = function(_, k, v) store[k] = v end })
  for i = 1, 10000 do proxy[i] = i end
  sum = sum + #store
end
print(sum)

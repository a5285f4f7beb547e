-- table functions on proxies
local N = tonumber((...)) or 87000
local insert, remove, concat = table.insert, table.remove, table.concat
local store = {}
local proxy = setmetatable({}, { __index = store, __newindex = store, __len = function() return #store end })
local sum = 0
for _ = 1, N do
  for i = 1, 10 do insert(proxy, i) end
  sum = sum + #concat(proxy, ",")
  for i = 1, 10 do sum = sum + remove(proxy) end
end
print(sum)

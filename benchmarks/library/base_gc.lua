-- finalizers
local N = tonumber((...)) or 18000
local sum = 0
local mt = { __gc = function() sum = sum + 1 end }
for _ = 1, N do
  for i = 1, 100 do setmetatable({}, mt) end
end
collectgarbage()
print(sum)

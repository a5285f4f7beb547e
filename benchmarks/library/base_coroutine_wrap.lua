-- coroutine.wrap as an iterator
local N = tonumber((...)) or 4600
local yield = coroutine.yield
local sum = 0
for _ = 1, N do
  for v in coroutine.wrap(function() for i = 1, 500 do yield(i) end end) do sum = sum + v end
end
print(sum)

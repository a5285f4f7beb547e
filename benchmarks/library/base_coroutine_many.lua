-- values through yield and resume
local N = tonumber((...)) or 2000
local yield, wrap = coroutine.yield, coroutine.wrap
local sum = 0
for _ = 1, N do
  local next = wrap(function(a, b, c) while true do a, b, c = yield(c, b, a) end end)
  for i = 1, 1000 do local a, b, c = next(i, 2, 3); sum = sum + a + b + c end
end
print(sum)

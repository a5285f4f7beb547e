-- coroutine.resume and yield
local N = tonumber((...)) or 2400
local resume = coroutine.resume
local sum = 0
for _ = 1, N do
  local co = coroutine.create(function() while true do coroutine.yield(1) end end)
  for i = 1, 1000 do local _, v = resume(co); sum = sum + v end
end
print(sum)

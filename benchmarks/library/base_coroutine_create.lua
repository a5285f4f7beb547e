-- coroutines that are made, run and forgotten
local N = tonumber((...)) or 5800
local create, resume = coroutine.create, coroutine.resume
local sum = 0
for _ = 1, N do
  for i = 1, 200 do local co = create(function(a) return a end); local _, v = resume(co, i); sum = sum + v end
end
print(sum)

-- coroutine.status, running, isyieldable
local N = tonumber((...)) or 4000
local status, running, isyieldable = coroutine.status, coroutine.running, coroutine.isyieldable
local co = coroutine.create(print)
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do if status(co) == "suspended" and not isyieldable() and running() then sum = sum + 1 end end
end
print(sum)

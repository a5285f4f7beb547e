-- Coroutines that have returned, and new ones after them: nothing of the old ones is seen.
local function body(...)
  local kept = { ... }
  coroutine.yield(#kept)
  return table.unpack(kept)
end

local returned = coroutine.create(body)
print(coroutine.resume(returned, "a", "b"))
print(coroutine.resume(returned))
print(coroutine.status(returned), coroutine.resume(returned))
print(debug.traceback(returned), debug.traceback(returned, "message"))
print(debug.getinfo(returned, 0), debug.getinfo(returned, 1), pcall(debug.getlocal, returned, 0, 1))
print(debug.gethook(returned))
debug.sethook(returned, print, "l", 7)
print(select(2, debug.gethook(returned)))
debug.sethook(returned)
print(debug.gethook(returned), coroutine.isyieldable(returned))
print(coroutine.close(returned), coroutine.close(returned), coroutine.status(returned))

local wrapped = coroutine.wrap(body)
print(wrapped(1, 2, 3))
print(wrapped())
print(pcall(wrapped))

-- What is captured or deep outlives the coroutine.
local function counter()
  local n = 0
  return function() n = n + 1; return n end
end
local function deep(n) if n == 0 then return counter() end return (deep(n - 1)) end
local counters = {}
for i = 1, 200 do
  local co = coroutine.create(i % 7 == 0 and deep or counter)
  local _, count = coroutine.resume(co, 300)
  count()
  counters[i] = count
  if i % 50 == 0 then collectgarbage() end
end
local sum = 0
for i = 1, 200 do sum = sum + counters[i]() end
print(sum)

-- Values that only a stack held are gone after the collection, and registers begin as nil.
local weak = setmetatable({}, { __mode = "k" })
local function hold(n)
  local a, b, c = {}, {}, {}
  weak[a], weak[b], weak[c] = n, n, n
  return n
end
for mode = 1, 2 do
  collectgarbage(mode == 1 and "incremental" or "generational")
  for i = 1, 300 do
    local _, n = coroutine.resume(coroutine.create(hold), i)
    assert(n == i)
    local co = coroutine.create(function(...)
      local x, y
      local before = { x, y, ... }
      x, y = {}, {}
      coroutine.yield(#before)
      return x ~= y
    end)
    assert(select(2, coroutine.resume(co)) == 0)
    if i % 3 == 0 then collectgarbage("step") end
    assert(select(2, coroutine.resume(co)))
  end
  collectgarbage()
  print(next(weak))
end

-- In a hook, in a finalizer, and with an error after many that returned.
local n = 0
local hooked = coroutine.create(body)
debug.sethook(hooked, function() n = n + 1 end, "r")
print(coroutine.resume(hooked, 1))
print(coroutine.resume(hooked))
print(n, select(2, debug.gethook(hooked)))
setmetatable({}, { __gc = function() print(coroutine.wrap(hold)("finalizer")) end })
collectgarbage()
local failed = coroutine.create(function() local t = {} error(t == nil) end)
print(coroutine.resume(failed))
print((debug.traceback(failed):gsub("^[^\n]*\n", ""):match("in function 'error'")))
print(coroutine.close(failed))

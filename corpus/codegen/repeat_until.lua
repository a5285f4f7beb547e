-- repeat: the condition sees the locals of the body, closes captured ones on both exits.
local n = 0
repeat n = n + 1 until n >= 3
print(n)
repeat n = n - 1 until true
print(n)
repeat local done = n == 10; n = n + 4 until done or n > 20
print(n)

-- Condition uses a body local that shadows an outer one.
local x = 0
repeat
  x = x + 1
  local x = x * 2
until x >= 6
print(x)

-- Captured body locals: fresh on each pass, visible in the condition.
local fns = {}
repeat
  local k = #fns + 1
  fns[k] = function() k = k + 10 return k end
until k == 3
print(fns[1](), fns[2](), fns[3](), fns[1]())

-- Captured and modified through the closure in the condition itself.
local tries = 0
repeat
  local limit = 3
  local function over() limit = limit - 1 tries = tries + 1 return limit < tries end
until over() or over()
print(tries)

-- break, continue via goto to the end, nested.
local out = {}
repeat
  n = n - 3
  if n % 2 == 0 then goto continue end
  out[#out + 1] = n
  if n < 0 then break end
  ::continue::
until n < -10
print(table.concat(out, " "), n)

repeat
  local i = 0
  repeat
    i = i + 1
    repeat break until false
  until i == 2
until i == 2
print "nested"

-- Compound conditions.
local a, b = 1, 100
repeat a, b = a * 2, b // 2 until a > b or a == 64 and not b
print(a, b)
repeat a = a - 1 until not (a > 3 and b > 0) or a == b
print(a, b)

-- To-be-closed variable of the body is closed before the next pass, after the condition.
local trace = {}
local count = 0
repeat
  count = count + 1
  local h <close> = setmetatable({}, {__close = function() trace[#trace + 1] = "close" .. count end})
  local function cond() trace[#trace + 1] = "cond" .. count return count == 2 end
until cond()
print(table.concat(trace, " "))

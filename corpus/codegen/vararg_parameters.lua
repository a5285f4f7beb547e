-- VARARGPREP with each number of fixed parameters, and access after changes.
local function f0(...) return select("#", ...), ... end
local function f1(a, ...) return a, select("#", ...), ... end
local function f3(a, b, c, ...) return c, b, a, select("#", ...), ... end
for k = 0, 5 do
  local args = {1, 2, 3, 4, 5}
  print(f0(table.unpack(args, 1, k)))
  print(f1(table.unpack(args, 1, k)))
  print(f3(table.unpack(args, 1, k)))
end

-- Changing fixed parameters leaves the extra ones alone, and calls do not disturb them.
local function change(a, ...)
  a = "changed"
  local x = f0(1, 2, 3)
  local y = {...}
  y[1] = "also changed"
  return a, x, ...
end
print(change(1, 2, 3))

-- Recursion over varargs.
local function sum(first, ...)
  if first == nil then return 0 end
  return first + sum(...)
end
print(sum(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
local function reverse(first, ...)
  if first == nil then return end
  local t = {reverse(...)}
  t[#t + 1] = first
  return table.unpack(t)
end
print(reverse("a", "b", "c", "d"))

-- Varargs are not visible in nested functions, but can be passed or captured as table.
local function outer(...)
  local packed = table.pack(...)
  local function inner(i) return packed[i], packed.n end
  return inner(2), (function(...) return select("#", ...) end)(), (function(...) return ... end)(...)
end
print(outer("x", "y", "z"))

-- Methods and varargs.
local obj = {name = "obj"}
function obj:method(...) return self.name, select("#", ...), ... end
function obj.static(...) return select("#", ...), (...) == obj end
print(obj:method(1, 2), obj.method({name = "other"}, 3))
print(obj:static(1), obj.static())

-- Varargs with captured parameters.
local function counter(start, ...)
  local steps, i = {...}, 0
  return function()
    i = i % #steps + 1
    start = start + steps[i]
    return start
  end
end
local c = counter(100, 1, 10)
print(c(), c(), c(), c())

-- Coroutines receive and pass varargs.
local co = coroutine.wrap(function(...)
  local got = {...}
  while true do got = {coroutine.yield(#got, table.unpack(got))} end
end)
print(co()) print(co(1)) print(co(1, 2, nil, 4)) print(co(nil))

-- Many of them.
local function many(...) return select("#", ...), (select(200, ...)) end
local t = {} for i = 1, 220 do t[i] = i end
print(many(table.unpack(t)))
print(f1(table.unpack(t, 1, 3)))
print(string.format("%s %s %s", select(2, "skip", 1, 2.0, nil)))

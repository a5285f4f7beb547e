-- TAILCALL from functions that must close upvalues and from vararg functions.
local function id(...) return ... end

-- Captured parameter and local; the call must see the values, the closure keeps its copy.
local kept
local function closing(x)
  local y = x * 2
  kept = function(d) x = x + d y = y + d return x, y end
  return id(x, y)
end
print(closing(5))
print(kept(1))
print(closing(7))
print(kept(0))

-- Vararg functions with fixed parameters: the frame is corrected before the call.
local function va0(...) return id(...) end
local function va1(a, ...) return id(..., a) end
local function va2(a, b, ...) return id(b, a, ...) end
print(va0(1, 2, 3))
print(va1(1, 2, 3))
print(va2(1, 2, 3, 4))
print(va2())
print(va2(1))

-- Both together.
local fns = {}
local function both(n, ...)
  local extra = select("#", ...)
  fns[#fns + 1] = function() extra = extra + 1 return n, extra end
  if n == 0 then return id("done", ...) end
  return both(n - 1, n, ...)
end
print(both(4))
for i, f in ipairs(fns) do print(i, f()) end

-- Deep vararg recursion in tail position with constant space.
local function count(n, ...)
  if n == 0 then return select("#", ...) end
  return count(n - 1, ...)
end
print(count(50000, "a", "b", "c"))

local function deep(n, x)
  local function get() return x end
  if n == 0 then return get() end
  return deep(n - 1, get() + 1)
end
print(deep(20000, 0))

-- Tail call of a closure that captured the caller's variables.
local function make(a)
  local b = a
  local function inner(...) a = a + 1 return a, b, ... end
  return inner(a, b)
end
print(make(10))

-- From inside loops and blocks with captured variables.
local function search(t, x)
  for i, v in ipairs(t) do
    local probe = function() return v == x end
    if probe() then return id(i, probe()) end
  end
  return id("none")
end
print(search({5, 6, 7}, 6))
print(search({5, 6, 7}, 8))

local function numeric(n)
  for i = 1, n do
    local f = function() i = i + 1 return i end
    if i == 3 then return f() end
  end
  while true do
    local w = n
    local g = function() return w end
    do return g() end
  end
end
print(numeric(5), numeric(1))

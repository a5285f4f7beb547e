-- Interplay of <close> with calls, varargs, coroutines and nested functions.
local trace = {}
local function t(s) trace[#trace + 1] = s end
local function flush() print(table.concat(trace, " ")) trace = {} end
local function guard(name) return setmetatable({}, {__close = function() t(name) end}) end

-- "return f()" inside such a scope is no tail call: f runs before the closing.
local function callee(...) t("callee") return ... end
local function notail(...)
  local g <close> = guard("g")
  return callee(...)
end
print(notail(1, nil, 3)) flush()

-- Once the scope has ended it is a tail call again.
local function tail(...)
  do local g <close> = guard("g") end
  return callee(...)
end
print(tail(4, 5)) flush()

-- Closing on the way out of several blocks, through goto.
do
  local g1 <close> = guard("g1")
  do
    local g2 <close> = guard("g2")
    do
      local g3 <close> = guard("g3")
      goto out
    end
  end
end
::out::
flush()

-- The same, backwards.
do
  local n = 0
  ::again::
  n = n + 1
  local g <close> = guard("pass" .. n)
  if n < 3 then goto again end
  t("through")
end
flush()

-- Handlers that call functions with own handlers, and handlers that yield.
local function nested()
  local outer <close> = setmetatable({}, {__close = function()
    local inner <close> = guard("inner")
    t("outer")
  end})
end
nested() flush()

local co = coroutine.wrap(function()
  local a <close> = setmetatable({}, {__close = function() t("y1") coroutine.yield("in close") t("y2") end})
  t("body")
  return "result", 7
end)
print(co()) flush()
print(co()) flush()

-- A main-level variable in a vararg function with multiple results through the closing.
local function many(...)
  local g <close> = guard("many")
  return ...
end
print(select("#", many()), many(nil), many(1, 2, 3)) flush()
print((many(table.unpack({1, 2, 3, 4, 5}))), #{many(1, 2, 3, 4)}) flush()

-- Upvalues of the handler are the variables of the enclosing scope, still alive.
local function lifo()
  local depth = 0
  local function g() depth = depth + 1 local d = depth return setmetatable({}, {__close = function() t(d .. "/" .. depth) depth = depth - 1 end}) end
  local a <close>, b = g(), 0
  local c <close> = g()
  local d <close> = g()
end
lifo() flush()

-- Suspended coroutine with pending variables, closed from outside.
local pending = coroutine.create(function()
  local p1 <close> = guard("p1")
  local p2 <close> = setmetatable({}, {__close = function() error("closing failed", 0) end})
  coroutine.yield()
end)
coroutine.resume(pending)
print(coroutine.close(pending)) flush()
print(coroutine.status(pending))

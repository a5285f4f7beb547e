-- CLOSURE: identity, sharing, counters, memoisation, composition.
local function make() return function() end end
print(make() == make(), type(make()))
local fns = {}
for i = 1, 3 do fns[i] = function() return i end end
print(fns[1] == fns[2], fns[1]() + fns[2]() + fns[3]())
-- Two functions of equal text and no upvalues are still different values.
local e1, e2 = function() return 1 end, function() return 1 end
print(e1 == e2, rawequal(e1, e1))

local function compose(...)
  local fs = {...}
  return function(...)
    local r = table.pack(...)
    for i = #fs, 1, -1 do r = table.pack(fs[i](table.unpack(r, 1, r.n))) end
    return table.unpack(r, 1, r.n)
  end
end
local inc, dbl = function(x) return x + 1 end, function(x) return x * 2 end
print(compose(inc, dbl)(5), compose(dbl, inc)(5), compose()(1, 2, 3), compose(inc, inc, inc)(0))

local function memo(f)
  local cache, calls = {}, 0
  return function(x)
    local v = cache[x]
    if v == nil then calls = calls + 1 v = f(x) cache[x] = v end
    return v
  end, function() return calls end
end
local fib, calls
fib, calls = memo(function(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end)
print(fib(60), calls())

-- Bind and partial application.
local function bind(f, ...)
  local pre = table.pack(...)
  return function(...)
    local all = {table.unpack(pre, 1, pre.n)}
    local rest = table.pack(...)
    table.move(rest, 1, rest.n, pre.n + 1, all)
    return f(table.unpack(all, 1, pre.n + rest.n))
  end
end
print(bind(string.format, "%s:%s:%s", "a")("b", "c"), bind(math.max)(3, 9, 2), bind(select, "#", nil)(nil))

-- Church numerals.
local zero = function(_) return function(x) return x end end
local succ = function(n) return function(f) return function(x) return f(n(f)(x)) end end end
local plus = function(a, b) return function(f) return function(x) return a(f)(b(f)(x)) end end end
local times = function(a, b) return function(f) return a(b(f)) end end
local toint = function(n) return n(inc)(0) end
local two = succ(succ(zero))
local three = succ(two)
print(toint(zero), toint(plus(two, three)), toint(times(two, three)), toint(times(three, plus(two, two))))

-- Y combinator.
local Y = function(f) return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end) end
print(Y(function(self) return function(n) return n == 0 and 1 or n * self(n - 1) end end)(12))

-- A closure surviving the error that left its scope.
local escaped
print(pcall(function() local secret = "s" escaped = function() secret = secret .. "!" return secret end error("left", 0) end))
print(escaped(), escaped())

-- __eq, __lt, __le for registers and immediates; __lt standing in for __le.
local log = {}
local function name(v) return type(v) == "table" and v.n or tostring(v) end
local function logger(ev, result)
  return function(a, b) log[#log + 1] = ev .. "(" .. name(a) .. "," .. name(b) .. ")" return result end
end
local mt = {__eq = logger("eq", 1), __lt = logger("lt", nil), __le = logger("le", "true-ish")}
local a, b = setmetatable({n = "a"}, mt), setmetatable({n = "b"}, mt)
local function flush() print(table.concat(log, " ")) log = {} end

print(a == b, a ~= b, a < b, a <= b, a > b, a >= b)
flush()
print(a < 1, a <= 1, a > 1, a >= 1, 1 < a, 1 <= a, 1 > a, 1 >= a)
flush()
print(a < "s", "s" <= b, a > 1.5, 1.5 >= a)
flush()
if a < b then print "lt" else print "not lt" end
if not (a <= b) then print "not le" else print "le" end
while a == b do print "eq" break end
flush()

-- Raw-equal values do not call __eq; different types neither.
print(a == a, a == 1, a == nil, rawequal(a, b))
flush()

-- Only the second operand has the handler.
local plain = {n = "plain"}
print(a == plain, plain == a, plain < a, plain >= a)
flush()

-- Without __le, "not (b < a)" is used in compatible builds; otherwise it is an error.
local half = setmetatable({n = "half"}, {__lt = logger("lt", true)})
local more = setmetatable({n = "more"}, getmetatable(half))
print(pcall(function() return half <= more, half >= more end))
flush()
print(pcall(function() return half <= 1 end))
flush()
print(pcall(function() return 1 <= half end))
flush()

-- Errors without any handler.
local function try(f) local ok, m = pcall(f) return (m:gsub("^[^:]*:%d+: ", "")) end
local none1, none2 = setmetatable({}, {}), setmetatable({}, {})
print(try(function() return none1 < none2 end))
print(try(function() return none1 <= 1 end))
print(try(function() return 1 > none1 end))
print(none1 == none2)

-- Handlers that raise, and that yield.
local bad = setmetatable({}, {__lt = function() error("in handler", 0) end})
print(pcall(function() return bad < 1 end))
local co = coroutine.wrap(function()
  local y = setmetatable({n = "y"}, {__lt = function(_, v) return coroutine.yield(name(v)) end})
  return y < 10, y > 20.0, 3 > y
end)
print(co(), co(true), co(false), co(nil))

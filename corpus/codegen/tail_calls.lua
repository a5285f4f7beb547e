-- TAILCALL: unbounded depth, argument shuffling, all argument forms.
local function loop(n, acc)
  if n == 0 then return acc end
  return loop(n - 1, acc + n)
end
print(loop(100000, 0))

local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(50001), odd(50001))

-- Arguments in every number and order.
local function args(...) return select("#", ...), ... end
local function none() return args() end
local function swap(a, b, c) return args(c, b, a) end
local function more(a) return args(a, a, a, a, a, a) end
local function fewer(a, b, c) return args(b) end
local function open(...) return args(...) end
local function prefix(a, ...) return args("p", ...) end
local function nested(a) return args(args(a)) end
print(none())
print(swap(1, 2, 3))
print(more("m"))
print(fewer(1, 2, 3))
print(open(nil, nil))
print(prefix(1, 2, 3))
print(nested("n"))

-- Through methods, fields, upvalues, globals, strings.
local obj = {v = 5}
function obj:get(k) return k and k + self.v or self.v end
function obj:indirect(k) return self:get(k) end
local function method() return obj:indirect(37) end
local function field() return obj.get(obj) end
function global_target(x) return x .. "!" end
local function global() return global_target("g") end
local function library() return string.rep("ab", 3) end
local function stringcall() return ("abc"):upper() end
local function literal() return global_target "lit" end
local function tablecall() return next {} end
print(method(), field(), global(), library(), stringcall(), literal(), tablecall())

-- Not tail calls: parentheses, arithmetic, lists, and/or.
local function t1(x) return (args(x, x)) end
local function t2(x) return args(x, x), 1 end
local function t3(x) return args(x) + 1 end
local function t4(x) return x and args(x) end
print(t1(1), t2(1))
print(t3(1), t4("and"), t4(false))

-- Continuation passing.
local function map(f, l, i, k)
  if i > #l then return k({}) end
  return map(f, l, i + 1, function(rest) table.insert(rest, 1, f(l[i])) return k(rest) end)
end
print(table.concat(map(function(x) return x * x end, {1, 2, 3, 4}, 1, function(r) return r end), " "))

-- A tail-called frame disappears from tracebacks.
local function where() return debug.traceback("tb", 1) end
local function viatail() return where() end
local tb = viatail()
print(select(2, tb:gsub("\n", "\n")) > 2, tb:find("(...tail calls...)", 1, true) ~= nil)
-- A callable object in tail position.
local callable = setmetatable({}, {__call = function(_, a, b) return b, a end})
local function tcall(a, b) return callable(a, b) end
print(tcall("x", "y"))

-- Syntactic forms of calls: strings, tables, chains, line breaks, callables.
local function id(...) return ... end
print(id "double", id 'single', id [[long]], id [==[level]]]==], id {1}[1], #id {1, 2})

local log = {}
local obj = {log = log}
function obj.add(self, x) self.log[#self.log + 1] = tostring(x) return self end
obj:add "a":add 'b':add [[c]]:add {}:add(1)
log[4] = "{}"
print(table.concat(log, " "))

-- Calls of indexed, returned and parenthesised functions.
local t = {{function() return {m = function(_, x) return x .. "!" end} end}}
print(t[1][1]():m("chain"), (t[1][1])():m "str", (function(...) return select("#", ...) end)(1, 2))
print((("s").rep)(("ab"), 2), ("x"):rep(3):upper():len())

-- Line breaks inside.
local r = id
(
  "broken",
  "over",
  "lines"
)
print(r)
local s = obj
  :add(2)
  :add(3)
print(#s.log)

-- Curried.
local function add(a) return function(b) return function(c) return a + b + c end end end
print(add(1)(2)(3), add {} == nil)

-- __call chains, with varargs.
local callable = setmetatable({}, {__call = function(self, ...) return rawequal(self, self), select("#", ...), ... end})
print(callable(), callable(1, nil), (callable "s"))
print(id(callable(7)))
local second = setmetatable({}, {__call = callable})
print(select("#", second(1, 2)))
local function through(...) return callable(...) end
print(through("tail"))
print(pcall(callable, "p"))

-- Not callable.
local function try(f) local ok, m = pcall(f) print((m:gsub("^[^:]*:%d+: ", ""))) end
local und, num, str, tab = nil, 5, "s", {}
try(function() und() end)
try(function() num(1) end)
try(function() str.x() end)
try(function() tab.field.deeper() end)
try(function() tab.field() end)
try(function() tab[1]() end)
try(function() undefined_function() end)
try(function() (nil)() end)
try(function() ("x")() end)
try(function() tab:method() end)
try(function() setmetatable({}, {__call = 1})() end)

-- Semicolon before a parenthesis keeps statements apart.
local u = id;
(print)("separate", u == id)

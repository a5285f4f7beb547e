-- Nested pcall, error levels, unwinding order, deep recursion caught at many depths, re-entrancy.
local log = {}
local function flush() print(table.concat(log, " ")) log = {} end
local function at(m) return (tostring(m):gsub("^.-([%w_]+%.lua:%d+)", "%1")) end

-- Unwinding runs to-be-closed variables of each frame exactly once, innermost first.
local function frame(n)
  local guard <close> = setmetatable({}, {__close = function(_, e) log[#log + 1] = n .. (e and "!" or "") end})
  if n == 0 then error("bottom", 0) end
  if n == 3 then
    local ok, e = pcall(frame, n - 1)
    log[#log + 1] = "caught:" .. e
    error("again", 0)
  end
  frame(n - 1)
end
print(pcall(frame, 5))
flush()

-- pcall of pcall of pcall.
print(pcall(pcall, pcall, pcall))
print(pcall(pcall, error, "e"))
print(pcall(pcall, pcall, error, "e"))
print(select("#", pcall(pcall, error)))

-- Errors thrown by handlers of loops, comparators, gsub callbacks, load readers, metamethods.
local cases = {
  sort = function() table.sort({3, 1, 2}, function() error("comparator", 0) end) end,
  gsub = function() ("abc"):gsub("b", function() error("callback", 0) end) end,
  load = function() load(function() error("reader", 0) end) end,
  iterator = function() for _ in function() error("iterator", 0) end do end end,
  index = function() return setmetatable({}, {__index = function() error("index", 0) end}).x end,
  tostring = function() print(setmetatable({}, {__tostring = function() error("tostring", 0) end})) end,
  concat = function() return "x" .. setmetatable({}, {__concat = function() error("concat", 0) end}) end,
  eq = function() local m = {__eq = function() error("eq", 0) end} return setmetatable({}, m) == setmetatable({}, m) end,
  call = function() setmetatable({}, {__call = function() error("call", 0) end})() end,
  len = function() return #setmetatable({}, {__len = function() error("len", 0) end}) end,
  pairs = function() pairs(setmetatable({}, {__pairs = function() error("pairs", 0) end})) end,
  unpack = function() table.unpack(setmetatable({}, {__index = function() error("unpack", 0) end}), 1, 2) end,
  ["for"] = function() for i = 1, 10, setmetatable({}, {}) do end end,
}
local names = {}
for n in pairs(cases) do names[#names + 1] = n end
table.sort(names)
for _, n in ipairs(names) do print(n, at(select(2, pcall(cases[n])))) end

-- load returns reader errors as values instead (the stand-alone interpreter adds a traceback to the first).
print(load(function() error("returned", 0) end))
print(load(function() return {} end))

-- Deep recursion in Lua, through pcall, through metamethods, through string.gsub, all caught.
local function overflow(f)
  local ok, e = pcall(f)
  return ok, tostring(e):match("stack overflow") or tostring(e):match("error in error") or e
end
local function plain() return 1 + plain() end
local function via_pcall() local ok, e = pcall(via_pcall) if not ok then error(e, 0) end return 1 end
local idx = setmetatable({}, {})
getmetatable(idx).__index = function(t, k) return t[k + 1] end
local cat = setmetatable({}, {})
getmetatable(cat).__concat = function(a, b) return a .. b end
local function via_gsub() return ("x"):gsub("x", via_gsub) end
local function via_sort() table.sort({1, 2}, via_sort) end
print("plain", overflow(plain))
print("pcall", overflow(via_pcall))
print("index", overflow(function() return idx[1] end))
print("concat", overflow(function() return cat .. cat end))
print("gsub", overflow(via_gsub))
print("sort", overflow(via_sort))
print("tostring", overflow(function()
  local t = setmetatable({}, {})
  getmetatable(t).__tostring = function(x) return tostring(x) end
  return tostring(t)
end))
-- An infinite __index chain of tables and a loop of __call objects.
local loop = {}
setmetatable(loop, loop)
loop.__index = loop
print("loop", at(select(2, pcall(function() return loop.x end))))
-- Mutual recursion with locals on the stack, caught at a middle frame that then continues.
local deepest, resumed = 0, 0
local function down(n)
  deepest = n
  local a, b, c = n, n, n
  if n == 50 then
    local ok = pcall(down, n + 1)
    resumed = n
    return ok
  end
  local r = down(n + 1)
  return r, a, b, c
end
print(down(1), deepest > 1000, resumed)
-- After all this the machine is in order.
local s = 0
for i = 1, 1000 do s = s + (select(2, pcall(function(x) if x % 2 == 0 then error(x, 0) end return x end, i))) end
print(s)
flush()

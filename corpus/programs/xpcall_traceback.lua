-- xpcall: handlers, tracebacks, errors in handlers, arguments, nesting.
local function clean(s) return (s:gsub("[^\n\t ]*xpcall_traceback%.lua", "xt"):gsub("\n%s+%[C%]: in %?$", "")) end
local function level3(x) return x.field.missing end
local function level2(x) local r = level3(x) return r end
function global_level1(x) local r = level2(x) return r end
print(clean(select(2, xpcall(global_level1, debug.traceback, {}))))

-- The handler runs at the point of the error: it can look at locals there.
local function handler(m)
  local out, i = {}, 1
  while true do
    local n, v = debug.getlocal(2, i)
    if not n then break end
    if n:sub(1, 1) ~= "(" then out[#out + 1] = n .. "=" .. tostring(v) end
    i = i + 1
  end
  return clean(m) .. " {" .. table.concat(out, ", ") .. "} in line " .. debug.getinfo(2, "l").currentline
end
print(xpcall(function(a, b)
  local c = a * b
  local d
  return c + d
end, handler, 6, 7))

-- Results, arguments, handler results.
print(xpcall(function(...) return select("#", ...), ... end, print, 1, nil, nil))
print(xpcall(error, function(m) return m, "only the first" end, "msg", 0))
print(select("#", xpcall(error, function() end)))
print(pcall(xpcall, function() return "fine" end, "not callable"))
print(pcall(xpcall))
print(pcall(xpcall, print))

-- A failing handler is called for its own error, until that is given up.
local calls = 0
local ok, m = xpcall(function() error("original", 0) end, function(e)
  calls = calls + 1
  if calls < 4 then error("handler " .. calls .. " on " .. e, 0) end
  return "finally " .. e
end)
print(ok, m, calls)
calls = 0
ok, m = xpcall(error, function(e) calls = calls + 1 error(e, 0) end, "forever", 0)
print(ok, type(m), calls > 5, calls < 250)

-- Not a function as handler.
print(pcall(xpcall, error, 42, "x"))
print(pcall(xpcall, error, nil, "y"))
print(pcall(xpcall, error, setmetatable({}, {__call = print}), "z"))

-- Stack overflow is seen by the handler, with room to work.
local depth = 0
local function recurse() depth = depth + 1 return 1 + recurse() end
local function describe(e) return e:match("stack overflow") .. " noticed, " .. #("x"):rep(100) end
print(xpcall(recurse, describe))
print(depth > 1000, depth == depth // 1)

-- Nested protected calls: inner handlers first, outer ones not called for what was caught.
local trace = {}
print(xpcall(function()
  print(xpcall(error, function(e) trace[#trace + 1] = "inner " .. e return "handled " .. e end, "one", 0))
  print(pcall(error, "two", 0))
  local co = coroutine.create(function() error("three", 0) end)
  print(coroutine.resume(co))
  error("four", 0)
end, function(e) trace[#trace + 1] = "outer " .. e return e:upper() end))
print(table.concat(trace, "; "))

-- Tracebacks through pcall, metamethods, coroutines, tail calls and C functions.
local function tb() return clean(debug.traceback("here")) end
local mt = setmetatable({}, {
  __index = function() local t = tb() return t end,
  __add = function() local t = tb() return t end,
  __tostring = function() local t = tb() return t end,
  __call = function(self, ...) local t = tb() return t end,
})
print(mt.field)
print(mt + 1)
print(tostring(mt))
print((mt()))
print(select(2, pcall(function() local t = tb() return t end)))
print(coroutine.wrap(function() local t = tb() return t end)())
local function tail() return tb() end
print((tail()))
table.sort({1, 2}, function(a, b) if tb then print(tb()) tb = nil end return a < b end)
for _, v in ipairs {"method"} do
  local o = {}
  function o.dotted() error("in dotted") end
  function o:colon() o.dotted() end
  print(clean(select(2, xpcall(function() o:colon() end, debug.traceback))))
end

-- Message forms of traceback itself.
print(debug.traceback(nil) ~= nil, debug.traceback(12):match("^12\n"), debug.traceback({}) ~= nil, debug.traceback(print) == print)
print(debug.traceback("only", 50))
local function deep(n) if n == 0 then return clean(debug.traceback("deep")) end local r = deep(n - 1) return r end
local text = deep(40)
print(select(2, text:gsub("\n", "")), text:match("%.%.%.[^\n]*"))

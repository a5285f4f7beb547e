-- Errors in and around coroutines: wrap, resume, close, status, wrong uses, propagation, tracebacks.
local function strip(m) return (tostring(m):gsub("^[^:]*:%d+: ", "@ ")) end
local function show(ok, ...)
  local t = table.pack(ok, ...)
  for i = 1, t.n do t[i] = strip(t[i]) end
  print(table.concat(t, " | "))
end

-- Errors as strings with and without position, as tables, as nil, from C functions.
local function try(f, ...) show(coroutine.resume(coroutine.create(f), ...)) end
try(function() error("with position") end)
try(function() error("without position", 0) end)
try(function() error() end)
try(function() error(setmetatable({}, {__tostring = function() return "object" end})) end)
try(function() local x = nil + 1 end)
try(function(a, b) return b, a end, 1, 2)
try(string.rep)
try(coroutine.yield, 1, 2)
try(error, "direct", 0)
try(pcall, error, "in pcall", 0)

-- A dead coroutine stays dead; its status tells.
local co = coroutine.create(function() coroutine.yield(1) error("late", 0) end)
show(coroutine.resume(co)) print(coroutine.status(co))
show(coroutine.resume(co)) print(coroutine.status(co))
show(coroutine.resume(co)) print(coroutine.status(co))
show(coroutine.close(co))

-- wrap propagates errors, adding position information only to strings.
local w = coroutine.wrap(function() coroutine.yield("fine") error("broken", 0) end)
print(w())
show(pcall(w))
show(pcall(w))
local obj = {}
local wt = coroutine.wrap(function() error(obj) end)
print(select(2, pcall(wt)) == obj)

-- Wrong uses.
show(pcall(coroutine.create, 1))
show(pcall(coroutine.resume, 1))
show(pcall(coroutine.status, "x"))
show(pcall(coroutine.wrap))
show(pcall(coroutine.yield, 1))
show(pcall(coroutine.close, coroutine.running()))
print(select(2, coroutine.running()), coroutine.isyieldable())
co = coroutine.create(function(self)
  show(coroutine.resume(self))
  show(pcall(coroutine.close, self))
  print(coroutine.status(self), select(2, coroutine.running()), coroutine.isyieldable())
  local inner = coroutine.create(function()
    print(coroutine.status(self))
    show(coroutine.resume(self))
    show(pcall(coroutine.close, self))
  end)
  show(coroutine.resume(inner))
end)
show(coroutine.resume(co, co))

-- Yielding across calls that cannot continue.
try(function() table.sort({3, 2, 1}, function(a, b) coroutine.yield() return a < b end) end)
try(function() ("x"):gsub("x", coroutine.yield) end)
try(function() return load(function() coroutine.yield() end) end)
try(function() for _ in pairs(setmetatable({}, {__pairs = function() coroutine.yield("in pairs") end})) do end end)
try(function() return setmetatable({}, {__index = function(_, k) return coroutine.yield(k) end}).field end)
try(function() return #setmetatable({}, {__len = function(...) return coroutine.yield(select("#", ...)) end}) end)
try(function() return table.concat(setmetatable({}, {__len = function() return 1 end, __index = coroutine.yield})) end)
try(function() return tostring(setmetatable({}, {__tostring = coroutine.yield})) end)
try(function() return select(2, pcall(pcall, coroutine.yield, "nested")) end)

-- Closing suspended coroutines with pending variables.
co = coroutine.create(function()
  local a <close> = setmetatable({}, {__close = function(_, e) print("close a", e) error("from a", 0) end})
  local b <close> = setmetatable({}, {__close = function(_, e) print("close b", e) error("from b", 0) end})
  coroutine.yield("pending")
end)
show(coroutine.resume(co))
show(coroutine.close(co))
print(coroutine.status(co))
show(coroutine.close(coroutine.create(print)))

-- Recursion: a chain of coroutines, each resuming the next; the error passes through all.
local function nest(n)
  if n == 0 then error("bottom", 0) end
  local ok, e = coroutine.resume(coroutine.create(nest), n - 1)
  if not ok then error(e .. "<" .. n, 0) end
end
show(pcall(nest, 8))
local depth = 0
local function forever() depth = depth + 1 return coroutine.wrap(forever)() end
local ok, e = pcall(forever)
print(ok, e:match("C stack overflow"), depth > 100, depth < 250)

-- Stack overflow inside a coroutine, then normal work after it.
local function recurse(n) return 1 + recurse(n + 1) end
ok, e = coroutine.resume(coroutine.create(recurse), 1)
print(ok, e:match("stack overflow"))
print(coroutine.wrap(function() return select("#", table.unpack({}, 1, 200)) end)())
-- Traceback of another coroutine, at various levels.
co = coroutine.create(function() local function inner() coroutine.yield() end inner() end)
coroutine.resume(co)
print((debug.traceback(co):gsub("[^\n\t ]*coroutine_errors", "coroutine_errors")))
print((debug.traceback(co, "from level one", 1):gsub("[^\n\t ]*coroutine_errors", "coroutine_errors")))
print(debug.traceback(co, nil, 9))
print(debug.getinfo(co, 1, "l").currentline, debug.getinfo(co, 9))

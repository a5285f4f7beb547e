-- Errors inside __close, replaced and chained errors, closing order in every kind of exit.
local log = {}
local function note(s) log[#log + 1] = s end
local function flush() print(table.concat(log, " ")) log = {} end
local function guard(name, fail)
  return setmetatable({}, {__close = function(_, e)
    note(name .. "(" .. tostring(e) .. ")")
    if fail then error(name .. "'s error", 0) end
  end})
end

-- No error, then errors of handlers, each replacing the one before.
print(pcall(function()
  local a <close> = guard "a"
  local b <close> = guard("b", true)
  local c <close> = guard "c"
  local d <close> = guard("d", true)
  return "lost"
end))
flush()
-- The same with an original error.
print(pcall(function()
  local a <close> = guard("a", true)
  local b <close> = guard "b"
  error("original", 0)
end))
flush()
-- Caught between: the outer handler sees nil.
print(pcall(function()
  local a <close> = guard "a"
  print(pcall(function()
    local b <close> = guard("b", true)
  end))
  return "kept"
end))
flush()

-- break, goto, return from loops with failing handlers.
local function loop(how)
  local out <close> = guard "out"
  for i = 1, 3 do
    local g <close> = guard("g" .. i, i == 2 and how ~= "fine")
    if i == 2 then
      if how == "break" then break end
      if how == "return" then return "returned" end
      if how == "goto" then goto done end
    end
  end
  ::done::
  return "end"
end
for _, how in ipairs {"fine", "break", "return", "goto"} do
  print(how, pcall(loop, how))
  flush()
end

-- The handler's own frame: upvalues, varargs results preserved.
local function results(...)
  local n = select("#", ...)
  local g <close> = setmetatable({}, {__close = function() note("n=" .. n) n = -1 end})
  return n, ...
end
print(results())
print(results(nil, nil))
print((results(1, 2, 3)))
flush()

-- Objects without a usable handler: checked at declaration; a handler removed later is an error at closing.
print(pcall(function() local x <close> = {} end))
print(pcall(function() local y <close> = setmetatable({}, {__close = 5}) end))
print(pcall(function()
  local mt = {__close = function() note "never" end}
  local z <close> = setmetatable({}, mt)
  mt.__close = nil
  note "body"
end))
flush()
-- Changed handler: the one at closing time counts.
do
  local mt = {__close = function() note "first" end}
  local o <close> = setmetatable({}, mt)
  mt.__close = function() note "second" end
end
flush()
-- Callable table as handler.
do
  local o <close> = setmetatable({}, {__close = setmetatable({}, {__call = function(_, self, e) note("callable " .. type(self) .. tostring(e)) end})})
end
flush()

-- In coroutines: error leaves handlers run at once; yield inside keeps them pending.
local co = coroutine.create(function(...)
  local a <close> = guard "a"
  local x = coroutine.yield(...)
  local b <close> = guard("b", x)
  coroutine.yield("second")
  return "end"
end)
print(coroutine.resume(co, 1, 2))
print(coroutine.resume(co, true))
print(coroutine.resume(co))
flush()
print(coroutine.status(co), coroutine.resume(co))
co = coroutine.wrap(function()
  local a <close> = guard "wrapped"
  error({code = 5})
end)
local ok, e = pcall(co)
print(ok, type(e), e.code)
log = {}

-- Recursion: each level's handler runs; deep recursion with overflow runs them all.
local opened, closed = 0, 0
local function deep(n)
  local g <close> = setmetatable({}, {__close = function() closed = closed + 1 end})
  opened = opened + 1
  return (deep(n + 1))
end
ok, e = pcall(deep, 1)
print(ok, e:match "stack overflow", opened == closed, opened > 100)

-- Handler that itself uses protected calls and to-be-closed variables.
local function complex()
  local o <close> = setmetatable({}, {__close = function(_, err)
    local p <close> = guard "inner"
    note("pcall:" .. tostring(select(2, pcall(error, "contained", 0))))
    for i = 1, 2 do local q <close> = guard("q" .. i) end
    note("err:" .. tostring(err))
  end})
  error("complex", 0)
end
print(pcall(complex))
flush()
-- Error values that are not strings.
print(pcall(function() local a <close> = guard "a" error(nil) end))
print(pcall(function() local a <close> = guard "a" error(false) end))
print(pcall(function() local a <close> = guard "a" error() end))
flush()
-- xpcall's handler runs before closing.
print(xpcall(function() local a <close> = guard "a" error("x", 0) end, function(m) note("handler") return m .. "+" end))
flush()

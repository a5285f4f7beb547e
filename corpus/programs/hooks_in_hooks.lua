-- Hooks that call, fail, resume coroutines, and change hooks as they run.
local function rec(mask, count, f)
  local log = {}
  local function hook(ev, line)
    local i = debug.getinfo(2, "Slnrt")
    log[#log+1] = ev .. ":" .. tostring(line) .. ":" .. tostring(i and i.currentline) .. ":" .. tostring(i and i.name).. ":" .. (i.what=="C" and "-" or i.ftransfer)..","..i.ntransfer
    local t = {}
    for k = 1, 3 do t[k] = k end
    for k, v in pairs(t) do t[k] = v + 1 end
    pcall(function() error("x") end)
    local co = coroutine.wrap(function(a) coroutine.yield(a) return 2 end)
    co(1) co()
  end
  debug.sethook(hook, mask, count)
  local ok, e = pcall(f)
  debug.sethook()
  print(mask, count, ok, e, #log)
  print(table.concat(log, " "))
end
local mt = {__index = function(t, k) return k end, __add = function(a, b) return 1 end, __lt = function() return true end, __close = function() local x = 1 end, __concat = function(a, b) return "c" end, __call = function(self, ...) return select("#", ...) end, __eq = function() return true end}
local function f()
  local o = setmetatable({}, mt)
  local p = setmetatable({}, mt)
  local x = o.foo; x = o + 1; x = o < p; x = o == p; x = o .. "x" .. 1
  do
    local c <close> = o
    x = 1
  end
  for i = 1, 3 do
    x = i
  end
  for k, v in pairs({1, 2, a = 3}) do
    x = k
  end
  for k, v in ipairs({1, 2}) do x = k end
  local function va(...)
    local a, b = ...
    return select("#", ...)
  end
  va(1, 2, 3)
  local function tail(n) if n == 0 then return va(1) end return tail(n - 1) end
  tail(3)
  local t = {va(1, 2), va(), table.unpack({1, 2, 3})}
  o(1, 2)
  local co = coroutine.create(function(...)
    for i = 1, 2 do
      coroutine.yield(i)
    end
    return 5
  end)
  coroutine.resume(co)
  coroutine.resume(co)
  goto l
  do x = 2 end
  ::l::
  while true do
    x = (x or 0)
    if x then break end
  end
  repeat local z = 1 until z == 1
  return tostring(x), math.max(1, 2)
end
for _, m in ipairs{"c", "r", "l", "cr", "crl", "cl", ""} do
  rec(m, 0, f)
  for _, c in ipairs{1, 3} do rec(m, c, f) end
end
-- hooks that change hooks
do
  local log = {}
  local function h2(ev, line) log[#log + 1] = "2" .. ev .. (line or "") if #log > 20 then debug.sethook() end end
  local function h1(ev, line) log[#log + 1] = "1" .. ev .. (line or "") if #log == 5 then debug.sethook(h2, "crl", 1) end end
  debug.sethook(h1, "l")
  f()
  debug.sethook()
  print(table.concat(log, " "))
  log = {}
  local function h3(ev, line) log[#log + 1] = ev .. (line or "") debug.sethook() end
  debug.sethook(h3, "c")
  f()
  local function h4(ev, line) log[#log + 1] = ev .. (line or "") if #log == 9 then error("hook", 0) end end
  debug.sethook(h4, "l")
  print(pcall(f))
  f()
  debug.sethook()
  print(debug.gethook())
  print(table.concat(log, " "))
  -- a hook on another thread
  log = {}
  local co = coroutine.create(function()
    local x = 1
    coroutine.yield()
    x = 2
    coroutine.yield()
    x = 3
  end)
  coroutine.resume(co)
  debug.sethook(co, function(ev, l) log[#log + 1] = ev .. l; debug.sethook(co) end, "l")
  coroutine.resume(co)
  debug.sethook(co, function(ev, l) log[#log + 1] = ev .. l end, "l")
  coroutine.resume(co)
  print(table.concat(log, " "))
  -- hooks within hooks' coroutines
  log = {}
  debug.sethook(function(ev, l)
    log[#log + 1] = ev .. tostring(l)
    local c = coroutine.create(function() debug.sethook(function(e, l) log[#log + 1] = "i" .. e .. l end, "l")
      local y = 1
      y = 2 end)
    coroutine.resume(c)
  end, "l")
  local z = 1
  z = 2
  debug.sethook()
  print(table.concat(log, " "))
end

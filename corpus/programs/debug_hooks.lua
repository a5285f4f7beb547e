-- Debug hooks: events, what they are about, the values that calls and returns move, counts, errors.
local function lines(f, ...)
  local t = {}
  local function hook(ev, line)
    local i = debug.getinfo(2, "nSlrtu")
    t[#t+1] = ev .. ":" .. tostring(line) .. ":" .. tostring(i.name) .. ":" .. i.namewhat .. ":" .. i.what .. ":" .. i.currentline
      .. ":" .. (i.what == "C" and "" or i.ftransfer .. ",") .. i.ntransfer .. ":" .. tostring(i.istailcall)
    local h = debug.getinfo(1, "n")
    t[#t] = t[#t] .. ":" .. tostring(h.name) .. h.namewhat
    if ev == "call" or ev=="return" or ev == "tail call" then
      for k = i.ftransfer, i.ftransfer + i.ntransfer - 1 do
        local n, v = debug.getlocal(2, k)
        t[#t] = t[#t] .. " " .. tostring(n) .. "=" .. (type(v)=="function" and "function" or type(v) == "table" and "table" or tostring(v))
      end
    end
  end
  debug.sethook(hook, ...)
  f()
  debug.sethook()
  print(#t)
  for i, v in ipairs(t) do print(i, v) end
end
local function va(...) local a, b = ... return a, b, ... end
local function tail(x) return va(x, 2, 3) end
local function nat(s) return string.rep(s, 3) end
local function loop()
  for i = 1, 3 do
    local x = i
  end
  local i = 0
  while i < 3 do i = i + 1 end
  repeat i = i - 1 until i == 0
  for k, v in pairs{1,2} do local z = v end
  for k, v in ipairs{1,2} do
    local z = v
  end
end
local mt = {__add = function(a, b) return 1 end, __index = function(t,k) return k end, __close = function() end,
 __call = function(self, ...) return ... end, __lt = function() return true end, __concat = function() return "c" end}
local function metas()
  local o = setmetatable({}, mt)
  local a = o + 1
  local b = o.x
  local c = o < o
  local d = o .. "x"
  o(1, 2)
  do
    local x <close> = o
    local y <close> = o
  end
  local z <close> = o
  return a, b
end
local function pc()
  pcall(error, "x")
  local ok = pcall(function() local x = nil; x() end)
  xpcall(function() error("hm") end, function(m) return m end)
  select('#', table.unpack({1,2,3}))
end
local function co()
  local c = coroutine.wrap(function(a) local b = coroutine.yield(a) return b end)
  c(1)
  c(2)
  table.sort({3,1,2}, function(a,b) return a<b end)
  string.gsub("abc", "%w", function(c) return c end)
end
for _, m in ipairs{{"crl"}, {"c"}, {"r"}, {"l"}, {"", 1}, {"l", 3}, {"crl", 2}} do
  print("MASK", m[1], m[2])
  for i, f in ipairs{tail, nat, loop, metas, pc, co, function() tail(5) end, function() nat("ab") end} do
    print("F", i)
    lines(i == 2 and function() nat("x") end or f, m[1], m[2])
  end
end
-- stripped
local f = load(string.dump(load("local a = 1\nlocal b = 2\nwhile a < 3 do a = a + 1 end\nreturn b"), true))
lines(f, "l")
lines(f, "crl", 4)
print(debug.gethook())
debug.sethook(print, "crl", 7)
local a,b,c = debug.gethook()
debug.sethook()
print(a == print, b, c)
-- errors in hooks
local function erring() local x = 1 return x end
debug.sethook(function(e) error("in hook " .. e) end, "l")
local ok, m = pcall(erring)
debug.sethook()
print(ok, m)
debug.sethook(function(e) if debug.getinfo(2, "f").func == erring then error("in hook " .. e) end end, "c")
local ok, m = pcall(erring)
debug.sethook()
print(ok, m)
debug.sethook(function(e) if debug.getinfo(2, "f").func == erring then error("in hook " .. e) end end, "r")
local ok, m = xpcall(erring, debug.traceback)
debug.sethook()
print(ok, m)
-- coroutine
local co = coroutine.create(function(x) local y = x
  coroutine.yield(y)
  return y end)
local t = {}
debug.sethook(co, function(e, l) t[#t+1] = e .. tostring(l) end, "crl")
print(coroutine.resume(co, 1))
print(coroutine.resume(co, 1))
print(table.concat(t, " "))
print(pcall(debug.sethook, 1, 2))
print(pcall(debug.sethook, print))
print(pcall(debug.sethook, print, "c", "x"))
print(pcall(debug.gethook, 1))
print(debug.gethook(co))
-- inherited
debug.sethook(function() end, "c", 5)
local co2 = coroutine.create(print)
debug.sethook()
print(debug.gethook(co2))
-- yield in hook
local co = coroutine.create(function() local x = 1
local y = 2
return y end)
debug.sethook(co, function() coroutine.yield(1) end, "l")
print(coroutine.resume(co))
local n = 0
debug.sethook(function() n = n + 1 end, "", 1)
for i = 1, 100 do local x = i * 2 end
debug.sethook()
print(n)
local n = 0
debug.sethook(function() n = n + 1 end, "", 100)
for i = 1, 100000 do local x = i * 2 end
debug.sethook()
print(n)
-- A finalizer's name, and a collection is no event.
setmetatable({}, {__gc = function() local i = debug.getinfo(1, "n") print(i.name, i.namewhat) end})
collectgarbage()
n = 0
local list = {"x"}
local function append() list[#list] = list[#list] .. ":" end
debug.sethook(function() n = n + 1 end, "", 2)
for i = 1, 3000 do append() end
debug.sethook()
print(n, #list[1])
-- The registry's table of hooks.
print(getmetatable(debug.getregistry()._HOOKKEY).__mode)

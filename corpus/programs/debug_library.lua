-- The debug library: getinfo, hooks, locals, upvalues, registry-free inspection, user values, tracebacks.
local function short(s) return (s:gsub("^.-([%w_]+%.lua)", "%1")) end
local function info(f, what)
  local i = debug.getinfo(f, what)
  local keys, out = {}, {}
  for k in pairs(i) do keys[#keys + 1] = k end
  table.sort(keys)
  for _, k in ipairs(keys) do
    local v = i[k]
    if type(v) == "table" then local n = 0 for _ in pairs(v) do n = n + 1 end v = "{" .. n .. "}" end
    if type(v) == "function" then v = "function" end
    if k == "source" then v = v:sub(1, 1) .. short(v:sub(2)) elseif k == "short_src" then v = short(v) end
    out[#out + 1] = k .. "=" .. tostring(v)
  end
  return table.concat(out, " ")
end
local function sample(a, b, ...)
  local c = a
  return function() return c, b end
end
print(info(sample, "S"))
print(info(sample, "u"), info(sample(1, 2), "u"))
print(info(sample, "L"), info(sample, "f"), info(sample, "t"), info(sample, "r"))
print(info(print, "Slu"))
print(info(1, "nSlut"))
print(info(load "return 1", "S"))
print(debug.getinfo(50), pcall(debug.getinfo, 1, "X"), pcall(debug.getinfo, 1, ">S"), pcall(debug.getinfo, "x"), pcall(debug.getinfo))

-- Names of called functions by kind of access.
local function caller() return debug.getinfo(2, "n").name, debug.getinfo(2, "n").namewhat end
local o = {}
function o.field() return (caller()), select(2, caller()) end
function o:method() local a, b = caller() return a, b end
function globalfunc() local a, b = caller() return a, b end
local function localfunc() local a, b = caller() return a, b end
local function viaup() local a, b = localfunc() return a, b end
print(o.field()) print(o:method()) print(globalfunc()) print(localfunc()) print(viaup())
local mt = setmetatable({}, {__index = function() return table.concat({caller()}, " ") end, __add = function() local a, b = caller() return a .. " " .. b end, __eq = function() print(caller()) return true end, __close = function() print(caller()) end, __lt = function() print(caller()) return true end, __concat = function() print(caller()) return "" end, __len = function() print(caller()) return 1 end, __unm = function() print(caller()) return 1 end})
local _ = print(mt.x, mt + 1), mt == setmetatable({}, getmetatable(mt)), mt < 1, mt .. 1, #mt, -mt
do local c <close> = mt end
for a, b in function(_, k) if not k then return caller() end end do print(a, b) break end
print(pcall(function() return (caller()) end))

-- Hooks: lines, calls, returns, counts; removed afterwards.
local events = {}
local function target(n)
  local s = 0
  for i = 1, n do
    s = s + i
  end
  return s
end
local base = debug.getinfo(target, "S").linedefined
debug.sethook(function(e, l) events[#events + 1] = l - base end, "l")
target(2)
debug.sethook()
print(table.concat(events, " "))
events = {}
debug.sethook(function(e)
  local i = debug.getinfo(2, "nS")
  events[#events + 1] = e .. ":" .. tostring(i.name or i.what)
end, "cr")
target(1)
math.abs(-1)
local function tailer() return target(1) end
tailer()
debug.sethook()
print(table.concat(events, " "))
local count = 0
debug.sethook(function() count = count + 1 end, "", 100)
for _ = 1, 5000 do end
debug.sethook()
print(count >= 40 and count <= 120, debug.gethook())
debug.sethook(print, "crl", 7)
local h, m, c = debug.gethook()
debug.sethook()
print(h == print, m, c)
-- A hook limiting the run time of a chunk by raising an error.
local function limited(f, n)
  debug.sethook(function() error("out of steps", 0) end, "", n)
  local r = table.pack(pcall(f))
  debug.sethook()
  return table.unpack(r, 1, r.n)
end
print(limited(function() while true do end end, 1000))
print(limited(function() return "quick" end, 1000))
-- Hooks belong to a coroutine.
local co = coroutine.create(function() local x = 1 coroutine.yield(debug.gethook()) x = x + 1 end)
local lines = 0
debug.sethook(co, function() lines = lines + 1 end, "l")
print(coroutine.resume(co) and debug.gethook() == nil, debug.gethook(co) ~= nil)
coroutine.resume(co)
print(lines > 0)

-- Locals of running functions and of coroutines, temporaries, varargs; setting them.
local function locals(...)
  local x, y = 1, "two"
  do local hidden = true end
  local out = {}
  for i = 1, 4 do local n, v = debug.getlocal(1, i) out[i] = tostring(n) .. "=" .. tostring(v) end
  out[#out + 1] = tostring(debug.getlocal(1, -1)) .. tostring(select(2, debug.getlocal(1, -2)))
  out[#out + 1] = debug.setlocal(1, 1, "changed") .. x
  out[#out + 1] = tostring(debug.setlocal(1, -1, "va")) .. tostring((...))
  return table.concat(out, " "):gsub("table: 0x%x+", "TABLE")
end
print((locals("a", "b")))
co = coroutine.create(function(p) local q = p * 2 coroutine.yield(q) return q end)
coroutine.resume(co, 21)
print(debug.getlocal(co, 1, 1), debug.getlocal(co, 1, 2))
print(debug.setlocal(co, 1, 2, "injected"), coroutine.resume(co))
print(pcall(debug.getlocal, 99, 1), pcall(debug.setlocal, 99, 1, 1), debug.getlocal(print, 1), debug.getlocal(sample, 1), debug.getlocal(sample, 3))

-- Upvalues: names, values, identity, joining; C functions have them, too, without names.
local u1, u2 = "one", "two"
local function f1() return u1, u2 end
local function f2() return u2 end
print(debug.getupvalue(f1, 1), debug.getupvalue(f1, 2), debug.getupvalue(f1, 3))
print(debug.setupvalue(f1, 1, 1), u1, debug.setupvalue(f1, 9, 1), debug.upvalueid(f1, 2) == debug.upvalueid(f2, 1), debug.upvalueid(f1, 1) == debug.upvalueid(f2, 1))
debug.upvaluejoin(f1, 1, f2, 1)
u2 = "both"
print(f1())
print(debug.upvalueid(f1, 5), pcall(debug.upvaluejoin, f1, 9, f2, 1), pcall(debug.upvaluejoin, print, 1, f2, 1))
local gm = ("x"):gmatch "x"
print(debug.getupvalue(gm, 1), debug.getupvalue(print, 1))

-- Metatables, registry, user values.
print(debug.getmetatable("").__index == string, debug.getmetatable(5), debug.setmetatable(10, nil), type(debug.getregistry()), debug.getmetatable(setmetatable({}, {__metatable = "hidden"})).__metatable)
print(debug.getuservalue(io.stdout, 1), debug.getuservalue(5), debug.setuservalue(io.stdout, 1, 1), pcall(debug.setuservalue, {}, 1))
print(debug.traceback("m", 1):match("^m\nstack traceback:\n") ~= nil, debug.traceback({}) ~= nil, debug.traceback(nil) == nil, debug.traceback(5, 1):match("^5\n") ~= nil)
print(pcall(debug.sethook, 1), pcall(debug.setmetatable, {}, 1), pcall(debug.upvalueid, 1, 1), pcall(debug.getupvalue, f1), pcall(debug.traceback, "x", "y"))

-- __gc, __close and weak tables under forced collection; order-independent where order is not defined.
local log = {}
local function flush(sorted)
  if sorted then table.sort(log) end
  print(table.concat(log, " "))
  log = {}
end
local function gc() collectgarbage() collectgarbage() end
local function thing(name) return setmetatable({name = name}, {__gc = function(o) log[#log + 1] = "gc:" .. o.name end}) end

do local a = thing "a" end
thing "b"
gc() gc()
flush(true)

-- Finalizers run in reverse order of marking when collected in one cycle.
collectgarbage("stop")
do
  local keep = {}
  for i = 1, 6 do keep[i] = thing("o" .. i) end
end
for _ = 1, 3 do local _ = {} end
collectgarbage("restart")
gc()
flush()

-- The field must exist when the metatable is set, though its value may be given later.
local late = {}
local none = setmetatable({}, late)
late.__gc = function() log[#log + 1] = "never" end
none = nil
gc()
local marked = {__gc = true}
local later = setmetatable({}, marked)
marked.__gc = function() log[#log + 1] = "late method" end
later = nil
gc()
flush()

-- Resurrection: once only, unless marked again.
local saved
local phoenix = {__gc = function(o) log[#log + 1] = "rise" saved = o end}
do local _ = setmetatable({tag = 1}, phoenix) end
gc()
print(saved and saved.tag)
saved = nil
gc()
flush()
local twice = {}
twice.__gc = function(o)
  o.n = o.n + 1
  log[#log + 1] = "n" .. o.n
  if o.n < 3 then setmetatable(o, twice) end
end
setmetatable({n = 0}, twice)
gc() gc() gc() gc()
flush()

-- Ephemerons: a value that refers to its own key does not keep it alive.
local eph = setmetatable({}, {__mode = "k"})
do
  local k = {}
  eph[k] = {back = k}
  local k2 = {}
  eph[k2] = function() return k2 end
  local k3, k4 = {}, {}
  eph[k3], eph[k4] = k4, k3
end
local strong = {}
eph[strong] = "kept"
gc()
local n = 0
for k, v in pairs(eph) do n = n + 1 log[#log + 1] = v end
print(n) flush()

-- Weak values, weak both; strings and numbers are values, not objects, and stay.
local wv = setmetatable({}, {__mode = "v"})
wv[1], wv.s, wv.n, wv.t, wv.keep = {}, "string", 1, {}, strong
wv[2] = function() return wv end
gc()
print(wv[1], wv.s, wv.n, wv.t, wv.keep == strong, wv[2])
local wkv = setmetatable({}, {__mode = "kv"})
wkv[strong], wkv[{}], wkv.x = {}, strong, strong
gc()
n = 0
for k in pairs(wkv) do n = n + 1 end
print(n, wkv[strong], wkv.x == strong)

-- An object with a finalizer: values are cleared before it runs, keys after.
local byval, bykey = setmetatable({}, {__mode = "v"}), setmetatable({}, {__mode = "k"})
do
  local o = setmetatable({}, {__gc = function(o)
    log[#log + 1] = "value " .. tostring(byval[1] ~= nil)
    log[#log + 1] = "key " .. tostring(bykey[o])
  end})
  byval[1], bykey[o] = o, "still"
end
gc()
flush()
print(next(byval), next(bykey))

-- Errors in finalizers are warnings; collection goes on.
do
  local bad = setmetatable({}, {__gc = function() log[#log + 1] = "bad" error("ignored") end})
  local good = thing "good"
end
gc()
flush(true)

-- Closures and coroutines as garbage, with to-be-closed variables that nobody closes.
do
  local co = coroutine.wrap(function()
    local c <close> = setmetatable({}, {__close = function() log[#log + 1] = "closed" end})
    local g = thing "in coroutine"
    coroutine.yield()
    print(g)
  end)
  co()
end
gc()
flush()

-- Memory comes back: the count after is not far above the count before.
gc()
local before = collectgarbage "count"
do
  local big = {}
  for i = 1, 20000 do big[i] = {i} end
  print(collectgarbage "count" > before + 500)
end
gc()
print(collectgarbage "count" < before + 100)
print(collectgarbage "isrunning", collectgarbage("stop"), collectgarbage "isrunning", collectgarbage("restart"), collectgarbage "step" ~= nil)
print(collectgarbage "generational", collectgarbage "incremental", collectgarbage "incremental")
for _ = 1, 50 do local x = thing "cycle" end
collectgarbage "generational"
for _ = 1, 2000 do local x = {{}, {}} end
gc()
collectgarbage "incremental"
print(#log)
log = {}
-- What is left at the end is finalized when the state closes, in reverse order.
AT_END_1 = setmetatable({}, {__gc = function() print "closing 1" end})
AT_END_2 = setmetatable({}, {__gc = function() print "closing 2" end})

-- What chunks are run among: values that take part in every operation, keep the functions they are
-- given and call them at the worst moment. Called with a seed, and with what sets the metatable of
-- any value, in every fresh VM; returns
--   1. the finalizer: called where the collector may run finalizers;
--   2. arguments(n): that many values;
--   3. environment(rich, yields): a table of globals; in a rich one every name has a value, and no
--      operation fails whatever it is given; with yields it yields where it may;
--   4. afterwards(closures, ...): uses closures that the chunk has made, if they are known, what a
--      call returned, and what the chunk has left behind;
--   5. a metatable with which a table takes part in every operation.
local seed, set_metatable = ...
local type, pcall, setmetatable, unpack = type, pcall, setmetatable, table.unpack
local collect, yield, isyieldable = collectgarbage, coroutine.yield, coroutine.isyieldable
local select, move = select, table.move
local string_meta = getmetatable("")
math.randomseed(seed)

-- Globals as the chunk may know them. `_G` is the environment itself.
local libraries = {}
for name, value in next, _G do libraries[name] = value end
libraries._G, libraries.debug, libraries.dofile, libraries.loadfile = nil, nil, nil, nil

-- As if they reached outside.
local function nothing() end
libraries.io = { write = nothing, read = nothing, lines = nothing, stderr = {}, stdout = {} }
-- Where it may not yield it goes on.
libraries.coroutine = {}
for name, value in next, coroutine do libraries.coroutine[name] = value end
function libraries.coroutine.yield(...)
  if isyieldable() then return yield(...) end
  return ...
end
libraries.os = { time = function() return 1 end, clock = function() return 0.5 end, date = nothing }

local tick, depth, may_yield, n_attacks = seed & 0xFF, 0, false, 0
local seen, n_seen = {}, 0

local function remember(value)
  if type(value) == "function" and n_seen < 24 then
    n_seen = n_seen + 1
    seen[n_seen] = value
  end
end

local universal, object

-- Something of a type that is not to be foreseen.
local function anything()
  tick = tick + 1
  local kind = (tick * 7 + seed) % 11
  if kind < 4 then return universal end
  if kind == 4 then return tick end
  if kind == 5 then return "text" end
  if kind == 6 then return tick + 0.5 end
  if kind == 7 then return nil end
  if kind == 8 then return { tick, universal } end
  if kind == 9 then return tick % 2 == 0 end
  return object()
end

-- Calls a function of the chunk: a setter of a captured variable, perhaps. Rarely, when it has done so
-- for some time, since what these functions do takes most of the steps there are.
local function attack()
  if n_seen > 0 and depth < 2 then
    n_attacks = n_attacks + 1
    if n_attacks > 12 and n_attacks % 8 ~= 0 then return end
    depth = depth + 1
    pcall(seen[tick % n_seen + 1], anything(), {}, anything())
    depth = depth - 1
  end
end

-- Takes part in an operation. Fills a frame on top of the operation's, so that nothing above the
-- operation's registers stays as it was.
local function event(a, b, c)
  tick = tick + 1
  if n_seen < 24 then
    remember(a)
    remember(b)
    remember(c)
  end
  local r1 = {}
  local r2, r3, r4, r5, r6, r7, r8 = "y", "x", tick, r1, nil, 1.5, true
  if tick % 3 == 0 then attack() end
  if may_yield and tick % 2 == 0 and isyieldable() then yield(tick) end
  if tick % 251 == 0 then error(universal) end
  return r1, r2, r3, r4, r5, r6, r7, r8
end

local meta = {}
function meta.__index(a, b) event(a, b) return anything() end
function meta.__newindex(a, b, c) event(a, b, c) end
function meta.__call(_, ...)
  event(...)
  local n = tick % 5
  if n == 0 then return end
  if n == 1 then return nil end
  if n == 2 then return anything(), anything() end
  if n == 3 then return ..., anything(), anything() end
  return anything()
end
function meta.__close(a, b) event(a, b) return anything() end
function meta.__gc() event() end
function meta.__concat(a, b) event(a, b) return anything() end
function meta.__len(a) event(a) return tick % 7 end
function meta.__eq(a, b) event(a, b) return tick % 2 == 0 end
function meta.__lt(a, b) event(a, b) return tick % 3 == 0 end
function meta.__le(a, b) event(a, b) return tick % 3 ~= 0 end
function meta.__tostring(a) event(a) return "universal" end
local function arithmetic(a, b) event(a, b) return anything() end
for name in ("add sub mul div mod pow unm idiv band bor bxor shl shr bnot"):gmatch("%a+") do
  meta["__" .. name] = arithmetic
end
universal = setmetatable({}, meta)
function object() return setmetatable({ n = tick }, meta) end

-- Nil and functions have metamethods nowhere else. A chunk that concatenates, indexes or calls the
-- wrong thing then goes on.
local function finalizer()
  local r1 = {}
  local r2, r3, r4, r5, r6, r7, r8 = "y", r1, 7, r1, {}, true, -1
  tick = tick + 1
  if tick % 2 == 0 then attack() end
  return r1, r2, r3, r4, r5, r6, r7, r8
end

local function setter(...)
  remember((...))
  attack()
  return ...
end

local kinds = { universal, setter, 3, "10", { 1, 2, 3 }, 0.5, 1, event }

local function arguments(n)
  local list = {}
  for i = 1, 9 do
    list[i] = kinds[(i * 5 + seed) % 9 + 1]
  end
  local n_listed = 9
  while n_listed < n do
    move(list, 1, n_listed, n_listed + 1)
    n_listed = 2 * n_listed
  end
  return unpack(list, 1, n)
end

local function environment(rich, yields)
  may_yield, n_attacks = yields, 0
  -- Else most chunks end at the first nil.
  for _, value in next, { false, print, 1 } do set_metatable(value, rich and meta or nil) end
  set_metatable(nil, rich and meta or nil)
  if type(string_meta) == "table" then
    for _, name in next, { "__call", "__newindex", "__close", "__concat", "__lt", "__le" } do
      string_meta[name] = rich and meta[name] or nil
    end
  end
  local env
  env = setmetatable({}, {
    __index = function(_, name)
      local value = libraries[name]
      if value ~= nil then return value end
      if name == "_G" then return env end
      if rich then
        tick = tick + 1
        if tick % 4 == 0 then return anything() end
        return universal
      end
    end,
    __newindex = function(t, name, value)
      remember(value)
      rawset(t, name, value)
    end,
  })
  return env
end

local function afterwards(closures, ...)
  if closures then
    for i = 1, #closures do
      remember(closures[i])
      closures[i] = false
    end
  end
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    remember(value)
    if type(value) == "table" and rawlen(value) < 20 then
      for _, field in next, value do remember(field) end
    end
  end
  for i = 1, n_seen do
    pcall(seen[i], universal, i, seen[1])
    pcall(seen[i])
  end
  if tick % 2 == 0 then
    seen, n_seen = {}, 0
  end
  may_yield = false
end

return finalizer, arguments, environment, afterwards, meta

-- Proxies: read-only views, tracking, defaults, lazy fields, observers, strict structures, ranges.
local function readonly(t)
  return setmetatable({}, {
    __index = function(_, k)
      local v = t[k]
      return type(v) == "table" and readonly(v) or v
    end,
    __newindex = function(_, k) error("cannot set '" .. tostring(k) .. "'", 2) end,
    __len = function() return #t end,
    __pairs = function() return next, t, nil end,
    __metatable = "locked",
  })
end
local conf = readonly {name = "x", list = {10, 20, 30}, deep = {er = {est = true}}}
print(conf.name, conf.list[2], #conf.list, conf.deep.er.est, conf.none)
print(pcall(function() conf.name = "y" end))
print(pcall(function() conf.deep.er.new = 1 end))
print(getmetatable(conf), pcall(setmetatable, conf, {}))
local keys = {}
for k in pairs(conf) do keys[#keys + 1] = k end
table.sort(keys)
print(table.concat(keys, " "), rawget(conf, "name"), next(conf))
for i, v in ipairs(conf.list) do io.write(i, "=", v, " ") end
print()

local function track(t, log)
  return setmetatable({}, {
    __index = function(_, k) log[#log + 1] = "get " .. tostring(k) return t[k] end,
    __newindex = function(_, k, v) log[#log + 1] = "set " .. tostring(k) .. "=" .. tostring(v) t[k] = v end,
    __call = function(_, ...) log[#log + 1] = "call/" .. select("#", ...) return ... end,
    __len = function() log[#log + 1] = "len" return #t end,
    __unm = function() log[#log + 1] = "neg" return t end,
  })
end
local log = {}
local p = track({1, 2, 3}, log)
p[4] = p[1] + p[2]
p.x, p.y = p[4], #p
p(p.x, nil)
local _ = -p == p
print(table.concat(log, "; "))
-- The table library goes through metamethods.
log = {}
p = track({}, log)
table.insert(p, "a")
table.insert(p, 1, "b")
print(table.remove(p), table.concat(p, ","), table.unpack(p))
print(table.concat(log, "; "))

-- Default values, autovivification, memoised fields.
local zero = setmetatable({}, {__index = function() return 0 end})
for c in ("hello world"):gmatch "%a" do zero[c] = zero[c] + 1 end
print(zero.l, zero.o, zero.h, zero.q, rawget(zero, "q"))
local auto
auto = {__index = function(t, k) local v = setmetatable({}, auto) rawset(t, k, v) return v end}
local tree = setmetatable({}, auto)
tree.a.b.c = 5
tree.a.d.e = 6
print(tree.a.b.c + tree.a.d.e, rawget(tree, "z"), next(tree.z))
local computed = 0
local lazy = setmetatable({}, {__index = function(t, k)
  computed = computed + 1
  local v = k:rep(2)
  t[k] = v
  return v
end})
print(lazy.ab, lazy.ab, lazy.cd, computed)

-- Observers with veto.
local function observable(t)
  local watchers = {}
  local o = setmetatable({}, {
    __index = t,
    __newindex = function(_, k, v)
      local old = t[k]
      for _, w in ipairs(watchers[k] or {}) do
        local ok, why = w(v, old)
        if ok == false then error(("%s rejected: %s"):format(k, why), 2) end
      end
      t[k] = v
    end,
  })
  return o, function(k, f) watchers[k] = watchers[k] or {} table.insert(watchers[k], f) end
end
local person, watch = observable {name = "Ann", age = 30}
local events = {}
watch("age", function(new) if math.type(new) ~= "integer" or new < 0 then return false, "not an age" end end)
watch("age", function(new, old) events[#events + 1] = old .. ">" .. new end)
person.age = 31
person.age = person.age + 1
person.name = "Anna"
print(pcall(function() person.age = -1 end))
print(pcall(function() person.age = 2.5 end))
print(person.age, person.name, table.concat(events, " "), rawget(person, "age"))

-- Structures with declared fields and types.
local function struct(name, fields)
  local mt = {}
  mt.__index = function(_, k) error(name .. " has no field '" .. tostring(k) .. "'", 2) end
  return function(init)
    local values = {}
    for k, v in pairs(init) do
      if not fields[k] then error(name .. " has no field '" .. tostring(k) .. "'", 2) end
      if type(v) ~= fields[k] then error(("%s.%s must be a %s, not a %s"):format(name, k, fields[k], type(v)), 2) end
      values[k] = v
    end
    return setmetatable({}, {
      __index = function(_, k) if not fields[k] then return mt.__index(nil, k) end return values[k] end,
      __newindex = function(_, k, v)
        if fields[k] ~= type(v) then error(("%s.%s cannot hold a %s"):format(name, tostring(k), type(v)), 2) end
        values[k] = v
      end,
      __eq = function(a, b) for k in pairs(fields) do if a[k] ~= b[k] then return false end end return true end,
    })
  end
end
local Point = struct("Point", {x = "number", y = "number", label = "string"})
local pt = Point {x = 1, y = 2}
pt.x, pt.label = 1.5, "here"
print(pt.x, pt.y, pt.label, pt == Point {x = 1.5, y = 2, label = "here"})
print(pcall(function() pt.z = 1 end))
print(pcall(function() pt.x = "1" end))
print(pcall(Point, {x = 1, w = 2}))
print(pcall(Point, {x = true}))

-- A lazy arithmetic range with negative indices and slices, closed under __call.
local Range = {}
function Range.__index(r, k)
  if math.type(k) ~= "integer" then return Range[k] end
  local n = #r
  if k < 0 then k = n + 1 + k end
  return k >= 1 and k <= n and r.from + (k - 1) * r.step or nil
end
function Range.__len(r) return math.max(0, (r.to - r.from + r.step) // r.step) end
function Range.__call(r, i, j) return setmetatable({from = r[i], to = r[j], step = r.step}, Range) end
function Range.__eq(a, b) return a.from == b.from and #a == #b and (a.step == b.step or #a < 2) end
local function range(from, to, step) return setmetatable({from = from, to = to, step = step or 1}, Range) end
local r = range(10, 50, 4)
print(#r, r[1], r[-1], r[12], r(3, 5)[2], #r(2, -2), range(1, 3) == range(1, 3.5), #range(1, 0), table.concat(r, " "))
for i, v in ipairs(range(5, 1, -2)) do io.write(i, ":", v, " ") end
print()

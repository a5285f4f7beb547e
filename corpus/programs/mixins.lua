-- Multiple inheritance by search functions, mixins, linearisation, delegation, duck typing.
local function search(k, parents)
  for _, p in ipairs(parents) do
    local v = p[k]
    if v ~= nil then return v end
  end
end
local function class(name, ...)
  local parents, c = {...}, {name = name}
  c.__index = c
  c.parents = parents
  setmetatable(c, {__index = function(_, k) return search(k, parents) end})
  function c.new(o)
    o = setmetatable(o or {}, c)
    local function run(cl)
      for _, p in ipairs(cl.parents) do run(p) end
      local init = rawget(cl, "init")
      if init then init(o) end
    end
    run(c)
    return o
  end
  return c
end

local Named = class "Named"
function Named:init() self.title = self.title or "nobody" end
function Named:hello() return "I am " .. self.title end
function Named:who() return "named" end
local Counter = class "Counter"
function Counter:init() self.n = self.n or 0 end
function Counter:tick(by) self.n = self.n + (by or 1) return self end
function Counter:who() return "counter" end
local Both = class("Both", Named, Counter)
function Both:report() return self:hello() .. " at " .. self.n end
local Deeper = class("Deeper", Both)
function Deeper:who() return "deeper over " .. Both.who(self) .. " over " .. Counter.who(self) end

local b = Both.new {title = "Bo"}
print(b:tick():tick(4):report(), b:who(), b.missing)
local d = Deeper.new()
print(d:tick(9):report(), d:who(), getmetatable(d) == Deeper)
function Counter:tick() self.n = self.n * 2 return self end
print(b:tick().n, d:tick().n)

-- C3 linearisation of a class graph.
local function linearise(c)
  local lists = {}
  for _, p in ipairs(c.parents) do lists[#lists + 1] = linearise(p) end
  lists[#lists + 1] = table.move(c.parents, 1, #c.parents, 1, {})
  local out = {c}
  while true do
    local left, pick = false, nil
    for _, l in ipairs(lists) do
      if l[1] then
        left = true
        local ok = true
        for _, m in ipairs(lists) do
          for i = 2, #m do if m[i] == l[1] then ok = false end end
        end
        if ok then pick = l[1] break end
      end
    end
    if not left then return out end
    if not pick then error("no consistent order for " .. c.name, 0) end
    out[#out + 1] = pick
    for _, l in ipairs(lists) do if l[1] == pick then table.remove(l, 1) end end
  end
end
local function names(t) local n = {} for i, c in ipairs(t) do n[i] = c.name end return table.concat(n, " ") end
local O = class "O"
local A, B, C, D, E = class("A", O), class("B", O), class("C", O), class("D", O), class("E", O)
local K1, K2, K3 = class("K1", A, B, C), class("K2", D, B, E), class("K3", D, A)
print(names(linearise(class("Z", K1, K2, K3))))
print(names(linearise(Deeper)))
print(pcall(linearise, class("Bad", class("X", A, B), class("Y", B, A))))

-- Mixins copy functions into a class and may require others.
local Comparable = {requires = {"compare"}}
function Comparable.__lt(x, y) return x:compare(y) < 0 end
function Comparable.__le(x, y) return x:compare(y) <= 0 end
function Comparable.__eq(x, y) return x:compare(y) == 0 end
function Comparable:between(lo, hi) return lo <= self and self <= hi end
local Printable = {requires = {}}
function Printable:__tostring() return self.name .. "(" .. table.concat(self:fields(), ",") .. ")" end
function Printable:fields()
  local f = {}
  for k, v in pairs(self) do f[#f + 1] = k .. "=" .. tostring(v) end
  table.sort(f)
  return f
end
local function mix(c, ...)
  for _, m in ipairs {...} do
    for _, need in ipairs(m.requires) do
      if not c[need] then error(c.name .. " lacks " .. need, 0) end
    end
    for k, v in pairs(m) do if k ~= "requires" and rawget(c, k) == nil then c[k] = v end end
  end
  return c
end
local Version = class "Version"
function Version:compare(o)
  for _, k in ipairs {"major", "minor"} do
    if self[k] ~= o[k] then return self[k] - o[k] end
  end
  return 0
end
mix(Version, Comparable, Printable)
local function v(a, i) return Version.new {major = a, minor = i} end
print(v(1, 2) < v(1, 10), v(2, 0) <= v(1, 9), v(1, 1) == v(1, 1), v(1, 1) ~= v(1, 2), v(1, 5):between(v(1, 0), v(2, 0)))
print(tostring(v(5, 4)), pcall(mix, class "Empty", Comparable))
local list = {v(2, 1), v(1, 10), v(1, 9), v(0, 7)}
table.sort(list)
for _, x in ipairs(list) do io.write(x.major, ".", x.minor, " ") end
print()

-- Delegation with a call log, and interfaces by duck typing.
local function delegate(target, log)
  return setmetatable({}, {
    __index = function(_, k)
      local f = target[k]
      if type(f) ~= "function" then return f end
      return function(_, ...)
        log[#log + 1] = k .. "(" .. select("#", ...) .. ")"
        return f(target, ...)
      end
    end,
    __newindex = function(_, k, val) log[#log + 1] = k .. "=" target[k] = val end,
  })
end
local log = {}
local p = delegate(b, log)
p:tick()
p.title = "via proxy"
print(p:hello(), p.n, b.title, table.concat(log, " "))
local function implements(o, ...)
  for _, m in ipairs {...} do if type(o[m]) ~= "function" then return false, m end end
  return true
end
print(implements(b, "tick", "hello"), implements(b, "tick", "fly"), implements("str", "upper", "rep"))

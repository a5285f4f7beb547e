-- __index and __newindex through functions, tables and chains, for each instruction form.
local log = {}
local function note(...) log[#log + 1] = table.concat({...}, ":") end
local function flush() print(table.concat(log, " ")); log = {} end

local p = setmetatable({}, {
  __index = function(_, k) note("get", tostring(k)); return k end,
  __newindex = function(_, k, v) note("set", tostring(k), tostring(v)) end,
})
local key = "dynamic"
local _ = p.field, p[1], p[255], p[256], p[key], p[1.5], p[true]
flush()
p.field = 1
p[2] = "two"
p[300] = nil
p[key] = key
p[2.0] = 2.0
flush()

-- Chains of tables.
local base = {kind = "base", [10] = "ten"}
local mid = setmetatable({level = "mid"}, {__index = base})
local leaf = setmetatable({}, {__index = mid, __newindex = mid})
print(leaf.kind, leaf.level, leaf[10], leaf.none, rawget(leaf, "kind"))
leaf.fresh = "stored in mid"
print(rawget(leaf, "fresh"), rawget(mid, "fresh"))

-- Existing keys bypass __newindex; nil values do not.
local guard = setmetatable({present = 1}, {__newindex = function() error("read-only", 2) end})
guard.present = 2
print(guard.present, (pcall(function() guard.absent = 1 end)))
guard.present = nil
print((pcall(function() guard.present = 1 end)))

-- __index on upvalue tables and through SELF.
local obj = setmetatable({}, {__index = function(_, name)
  return function(self, ...) return name, select("#", ...), self ~= nil end
end})
local function viaup() return obj.any(1), obj:method("a", "b") end
print(viaup())

-- A loop in the chain is an error, as is a non-indexable handler.
local l1, l2 = {}, {}
setmetatable(l1, {__index = l2})
setmetatable(l2, {__index = l1})
local ok, msg = pcall(function() return l1.x end)
print(ok, (msg:gsub("^[^:]*:%d+: ", "")))
local bad = setmetatable({}, {__index = 42})
ok, msg = pcall(function() return bad.x end)
print(ok, (msg:gsub("^[^:]*:%d+: ", "")))

-- Handlers see only one result kept.
local many = setmetatable({}, {__index = function() return 1, 2, 3 end})
print((many.x), many.x, many.y)
local none = setmetatable({}, {__index = function() end})
print(none.x)

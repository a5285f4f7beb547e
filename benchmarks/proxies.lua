-- __index and __newindex: proxies, defaults, read-only views, chains of prototypes, tracked writes
local N = tonumber((...)) or 600
local function read_only(t)
  return setmetatable({}, {
    __index = t,
    __newindex = function(_, k) error("read-only: " .. tostring(k), 2) end,
    __len = function() return #t end,
  })
end
local function tracked(t)
  local writes, reads = 0, 0
  return setmetatable({}, {
    __index = function(_, k) reads = reads + 1; return t[k] end,
    __newindex = function(_, k, v) writes = writes + 1; t[k] = v end,
  }), function() return reads, writes end
end
local function default(value) return setmetatable({}, { __index = function() return value end }) end
local function memo(f)
  return setmetatable({}, { __index = function(t, k) local v = f(k); rawset(t, k, v); return v end })
end
local function chain(n)
  local t = { deepest = 1, level = n }
  for i = n - 1, 1, -1 do t = setmetatable({ level = i, ["at" .. i] = i }, { __index = t }) end
  return t
end
local stored = {}
local redirect = setmetatable({}, { __newindex = stored, __index = stored })
local sum, refused = 0, 0
for r = 1, N do
  local view = read_only({ 1, 2, 3, name = "n" })
  local proxy, used = tracked({})
  local zeros = default(0)
  local squares = memo(function(k) return k * k end)
  local object = chain(6)
  for i = 1, 2000 do
    sum = sum + view[1] + #view
    proxy[i % 50] = i
    sum = sum + proxy[i % 50] + (proxy[-1] or 1)
    sum = sum + zeros[i] + squares[i % 100]
    sum = sum + object.deepest + object.level + object.at3
    redirect[i % 20] = i
    sum = sum + redirect[i % 20]
  end
  for i = 1, 50 do
    if not pcall(function() view.name = i end) then refused = refused + 1 end
  end
  local reads, writes = used()
  sum = sum + reads * 3 + writes
end
print(sum, refused, rawlen(redirect), rawget(redirect, 1))

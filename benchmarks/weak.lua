-- weak tables: caches, private fields by ephemerons, registries; finalizers
local N = tonumber((...)) or 250
local private = setmetatable({}, { __mode = "k" })
local cache = setmetatable({}, { __mode = "v" })
local Class = {}
Class.__index = Class
function Class.new(n)
  local self = setmetatable({}, Class)
  private[self] = { n = n, owner = self }
  return self
end
function Class:value() return private[self].n end
local function interned(x, y)
  local key = x * 1000 + y
  local p = cache[key]
  if not p then p = { x, y }; cache[key] = p end
  return p
end
local finalized = 0
local Handle = { __gc = function() finalized = finalized + 1 end }
local kept, sum, made = {}, 0, 0
for r = 1, N do
  for i = 1, 2500 do
    local object = Class.new(i)
    sum = sum + object:value()
    if i % 50 == 0 then kept[(r * 50 + i // 50) % 1000 + 1] = object end
  end
  local points = {}
  for i = 1, 2000 do
    local p = interned(i % 60, i % 35)
    points[i % 100] = p
    sum = sum + p[1] + p[2]
  end
  for i = 1, 300 do
    setmetatable({}, Handle)
    made = made + 1
  end
  for _, object in pairs(kept) do sum = sum + object:value() end
  if r % 5 == 0 then collectgarbage() end
end
kept = nil
collectgarbage()
collectgarbage()
local left = 0
for _ in pairs(private) do left = left + 1 end
for _ in pairs(cache) do left = left + 1 end
print(sum, made, finalized, left)

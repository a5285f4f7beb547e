-- a cache of bounded size: hash table plus doubly linked list; and least frequently used by buckets
local N = tonumber((...)) or 160
local Lru = {}
Lru.__index = Lru
function Lru.new(capacity)
  local front, back = {}, {}
  front.next, back.prev = back, front
  return setmetatable({ map = {}, n = 0, capacity = capacity, front = front, back = back, hits = 0, misses = 0 }, Lru)
end
local function unlink(node) node.prev.next, node.next.prev = node.next, node.prev end
function Lru:to_front(node)
  node.prev, node.next = self.front, self.front.next
  self.front.next.prev = node
  self.front.next = node
end
function Lru:get(key)
  local node = self.map[key]
  if not node then self.misses = self.misses + 1; return nil end
  self.hits = self.hits + 1
  unlink(node)
  self:to_front(node)
  return node.value
end
function Lru:put(key, value)
  local node = self.map[key]
  if node then
    node.value = value
    unlink(node)
  else
    if self.n >= self.capacity then
      local last = self.back.prev
      unlink(last)
      self.map[last.key] = nil
      self.n = self.n - 1
    end
    node = { key = key, value = value }
    self.map[key] = node
    self.n = self.n + 1
  end
  self:to_front(node)
end
local function lfu(capacity)
  local entries, buckets, least, n = {}, {}, 1, 0
  local function touch(key, entry)
    local bucket = buckets[entry.uses]
    bucket[key] = nil
    if next(bucket) == nil then
      buckets[entry.uses] = nil
      if least == entry.uses then least = least + 1 end
    end
    entry.uses = entry.uses + 1
    local new = buckets[entry.uses]
    if not new then new = {}; buckets[entry.uses] = new end
    new[key] = true
  end
  return function(key, make)
    local entry = entries[key]
    if entry then touch(key, entry); return entry.value end
    if n >= capacity then
      -- of those used least, the smallest key
      local victim
      for k in pairs(buckets[least]) do if not victim or k < victim then victim = k end end
      buckets[least][victim] = nil
      entries[victim] = nil
      n = n - 1
    end
    least, n = 1, n + 1
    entry = { value = make(key), uses = 1 }
    entries[key] = entry
    buckets[1] = buckets[1] or {}
    buckets[1][key] = true
    return entry.value
  end
end
local seed = 31337
local function random(n) seed = (seed * 16807) % 2147483647; return seed % n end
local cache, names = Lru.new(500), Lru.new(300)
local sum = 0
for r = 1, N do
  for i = 1, 4000 do
    local key = random(random(1500) + 1)
    local value = cache:get(key)
    if not value then
      value = key * 2
      cache:put(key, value)
    end
    sum = sum + value
    if i % 4 == 0 then
      local name = "user:" .. key % 600
      if not names:get(name) then names:put(name, #name) end
    end
  end
  local get = lfu(40)
  for i = 1, 600 do sum = sum + get(random(random(90) + 1), function(k) return k end) end
end
print(sum, cache.hits, cache.misses, names.hits)

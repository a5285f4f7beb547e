-- A trie with prefix search and deletion, an LRU cache, and a memo table built on the cache.
local Trie = {}
Trie.__index = Trie
function Trie.new() return setmetatable({root = {}, words = 0, nodes = 1}, Trie) end
function Trie:add(word, value)
  local n = self.root
  for c in word:gmatch "." do
    if not n[c] then n[c] = {} self.nodes = self.nodes + 1 end
    n = n[c]
  end
  if n.value == nil then self.words = self.words + 1 end
  n.value = value
end
function Trie:find(prefix)
  local n = self.root
  for c in prefix:gmatch "." do
    n = n[c]
    if not n then return nil end
  end
  return n
end
local function children(n)
  local keys = {}
  for c in pairs(n) do if c ~= "value" then keys[#keys + 1] = c end end
  table.sort(keys)
  return keys
end
function Trie:complete(prefix, limit)
  local out = {}
  local function walk(n, s)
    if #out >= limit then return end
    if n.value ~= nil then out[#out + 1] = s end
    for _, c in ipairs(children(n)) do walk(n[c], s .. c) end
  end
  local n = self:find(prefix)
  if n then walk(n, prefix) end
  return out
end
function Trie:remove(word)
  local function drop(n, i)
    if i > #word then
      if n.value == nil then return false end
      n.value = nil
      self.words = self.words - 1
      return true
    end
    local c = word:sub(i, i)
    if not n[c] or not drop(n[c], i + 1) then return false end
    if next(n[c]) == nil then n[c] = nil self.nodes = self.nodes - 1 end
    return true
  end
  return drop(self.root, 1)
end
-- Words within one substituted, missing or additional letter.
function Trie:near(word)
  local found = {}
  local function walk(n, s, i, slack)
    if i > #word and n.value ~= nil then found[s] = true end
    local c = word:sub(i, i)
    for _, k in ipairs(children(n)) do
      if k == c then walk(n[k], s .. k, i + 1, slack)
      elseif slack > 0 and i <= #word then walk(n[k], s .. k, i + 1, slack - 1) end
      if slack > 0 then walk(n[k], s .. k, i, slack - 1) end
    end
    if slack > 0 and i <= #word then walk(n, s, i + 1, slack - 1) end
  end
  walk(self.root, "", 1, 1)
  local list = {}
  for w in pairs(found) do list[#list + 1] = w end
  table.sort(list)
  return list
end

local trie = Trie.new()
for w in ("car card care careful cart cat dog do done door a an and"):gmatch "%a+" do trie:add(w, #w) end
print(trie.words, trie.nodes, trie:find("car").value, trie:find("ca").value, trie:find("x"))
print(table.concat(trie:complete("car", 10), " "), table.concat(trie:complete("", 3), " "), #trie:complete("zz", 5))
print(table.concat(trie:near "cart", " "), "|", table.concat(trie:near "dor", " "), "|", table.concat(trie:near "xyz", " "))
print(trie:remove "careful", trie:remove "ca", trie:remove "car", trie.words, trie.nodes, table.concat(trie:complete("c", 9), " "))
for _, w in ipairs(trie:complete("", 99)) do assert(trie:remove(w)) end
print(trie.words, trie.nodes, next(trie.root))

local LRU = {}
LRU.__index = LRU
function LRU.new(capacity)
  local head = {}
  head.next, head.prev = head, head
  return setmetatable({capacity = capacity, size = 0, map = {}, head = head, hits = 0, misses = 0}, LRU)
end
local function unlink(n) n.prev.next, n.next.prev = n.next, n.prev end
function LRU:front(n)
  local h = self.head
  n.next, n.prev = h.next, h
  h.next.prev, h.next = n, n
end
function LRU:get(key)
  local n = self.map[key]
  if not n then self.misses = self.misses + 1 return nil end
  self.hits = self.hits + 1
  unlink(n)
  self:front(n)
  return n.value
end
function LRU:put(key, value)
  local n = self.map[key]
  if n then
    unlink(n)
  else
    if self.size == self.capacity then
      local last = self.head.prev
      unlink(last)
      self.map[last.key] = nil
      if self.evicted then self.evicted(last.key, last.value) end
    else
      self.size = self.size + 1
    end
    n = {key = key}
    self.map[key] = n
  end
  n.value = value
  self:front(n)
end
function LRU:__call() -- iterates from the most recent
  local n = self.head
  return function()
    n = n.next
    if n ~= self.head then return n.key, n.value end
  end
end

local cache, gone = LRU.new(3), {}
cache.evicted = function(k, v) gone[#gone + 1] = k .. "=" .. v end
for i, k in ipairs {"a", "b", "c", "a", "d", "b", "e"} do
  if cache:get(k) == nil then cache:put(k, i) end
end
cache:put("b", "again")
local order = {}
for k, v in cache() do order[#order + 1] = k .. "=" .. v end
print(table.concat(order, " "), "evicted", table.concat(gone, " "), cache.hits, cache.misses)

local calls = 0
local memo = LRU.new(50)
local function binomial(n, k)
  if k == 0 or k == n then return 1 end
  local key = n * 1000 + k
  local v = memo:get(key)
  if not v then
    calls = calls + 1
    v = binomial(n - 1, k - 1) + binomial(n - 1, k)
    memo:put(key, v)
  end
  return v
end
print(binomial(30, 15), calls, memo.hits, memo.misses, memo.size)
calls = 0
memo = LRU.new(1)
print(binomial(12, 6), calls)

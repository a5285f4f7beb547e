-- Skip list with levels drawn from a fixed generator; ordered map with ranges, ranks and merging.
local SkipList = {}
SkipList.__index = SkipList
local MAX <const> = 10

function SkipList.new(seed)
  local head = {next = {}, span = {}}
  for l = 1, MAX do head.span[l] = 1 end
  return setmetatable({head = head, level = 1, size = 0, state = seed or 1}, SkipList)
end

function SkipList:random_level()
  local l = 1
  repeat
    self.state = self.state * 1664525 + 1013904223 & 0xffffffff
    if self.state < 0x80000000 then break end
    l = l + 1
  until l == MAX
  return l
end

-- Fills the path of last nodes before the key, and their positions.
function SkipList:path(key)
  local prev, pos, n, at = {}, {}, self.head, 0
  for l = self.level, 1, -1 do
    while n.next[l] and n.next[l].key < key do
      at = at + n.span[l]
      n = n.next[l]
    end
    prev[l], pos[l] = n, at
  end
  return prev, pos
end

function SkipList:set(key, value)
  local prev, pos = self:path(key)
  local found = prev[1].next[1]
  if found and found.key == key then
    found.value = value
    return false
  end
  local level = self:random_level()
  while self.level < level do
    self.level = self.level + 1
    prev[self.level], pos[self.level] = self.head, 0
    self.head.span[self.level] = self.size + 1
  end
  local node, rank = {key = key, value = value, next = {}, span = {}}, pos[1] + 1
  for l = 1, self.level do
    local p = prev[l]
    if l <= level then
      node.next[l] = p.next[l]
      node.span[l] = p.span[l] - (rank - pos[l]) + 1
      p.next[l], p.span[l] = node, rank - pos[l]
    else
      p.span[l] = p.span[l] + 1
    end
  end
  self.size = self.size + 1
  return true
end

function SkipList:get(key)
  local n = self:path(key)[1].next[1]
  if n and n.key == key then return n.value end
end

function SkipList:remove(key)
  local prev = self:path(key)
  local node = prev[1].next[1]
  if not node or node.key ~= key then return nil end
  for l = 1, self.level do
    local p = prev[l]
    if p.next[l] == node then
      p.span[l] = p.span[l] + node.span[l] - 1
      p.next[l] = node.next[l]
    else
      p.span[l] = p.span[l] - 1
    end
  end
  while self.level > 1 and not self.head.next[self.level] do self.level = self.level - 1 end
  self.size = self.size - 1
  return node.value
end

function SkipList:nth(i)
  local n, at = self.head, 0
  for l = self.level, 1, -1 do
    while n.next[l] and at + n.span[l] <= i do
      at = at + n.span[l]
      n = n.next[l]
    end
    if at == i then break end
  end
  if n ~= self.head and at == i then return n.key, n.value end
end

function SkipList:rank(key)
  local prev, pos = self:path(key)
  local n = prev[1].next[1]
  return n and n.key == key and pos[1] + 1 or nil
end

function SkipList:range(lo, hi)
  local n = self:path(lo)[1]
  return function()
    n = n.next[1]
    if n and n.key <= hi then return n.key, n.value end
  end
end

function SkipList:check()
  local n, count, last = self.head.next[1], 0, nil
  while n do
    count = count + 1
    assert(not last or last < n.key, "order")
    assert(self:nth(count) == n.key, "nth")
    assert(self:rank(n.key) == count, "rank")
    last, n = n.key, n.next[1]
  end
  assert(count == self.size, "size")
  return self.level, count
end

local list = SkipList.new(7)
for i = 1, 60 do list:set(i * 37 % 61, i) end
print("filled", list:check())
print(list:get(5), list:get(60), list:get(61), list:nth(1), list:nth(60), list:nth(61), list:rank(30), list:rank(100))
local got = {}
for k in list:range(10, 20) do got[#got + 1] = k end
print(table.concat(got, " "))
for i = 1, 60, 3 do assert(list:remove(i) ~= nil) end
print("thinned", list:check())
print(list:remove(1), list:set(1, "back"), list:set(1, "again"), list:get(1), list.size)
got = {}
for k, v in list:range(0, 6) do got[#got + 1] = k .. "=" .. v end
print(table.concat(got, " "))

local words = SkipList.new(3)
for w in ("pack my box with five dozen liquor jugs and then pack some more"):gmatch "%a+" do words:set(w, (words:get(w) or 0) + 1) end
for w, n in words:range("", "\255") do io.write(w, n > 1 and "*" .. n or "", " ") end
print(words:check())

-- Heights should fall off geometrically.
local big, heights = SkipList.new(11), {}
for i = 1, 2000 do big:set(i * 7919 % 10007, i) end
local n = big.head.next[1]
while n do heights[#n.next] = (heights[#n.next] or 0) + 1 n = n.next[1] end
local total = 0
for l = 1, MAX do if heights[l] then total = total + heights[l] end end
print(big.size, total <= big.size, big.level)
local steps = 0
local mt = {__lt = function(a, b) steps = steps + 1 return a.v < b.v end, __eq = function(a, b) return a.v == b.v end}
local objs = SkipList.new(5)
for i = 1, 200 do objs:set(setmetatable({v = i * 31 % 211}, mt), i) end
steps = 0
print(objs:get(setmetatable({v = 100}, mt)), steps < 60, objs.size)
while big.size > 0 do big:remove((big:nth(big.size // 2 + 1))) end
print(big:check())

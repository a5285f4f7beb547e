-- Double-ended queue, ring buffer, union-find, Fenwick tree, bit set, and algorithms on them.
local Deque = {}
Deque.__index = function(d, k)
  if math.type(k) == "integer" then
    if k < 0 then k = d.tail - d.head + 2 + k end
    return k >= 1 and k <= d.tail - d.head + 1 and d.items[d.head + k - 1] or nil
  end
  return Deque[k]
end
Deque.__len = function(d) return d.tail - d.head + 1 end
Deque.__newindex = function(d, k) error("no element " .. tostring(k), 2) end
function Deque.new(...)
  local d = {head = 1, tail = select("#", ...), items = {...}}
  return setmetatable(d, Deque)
end
function Deque:push(v) rawset(self, "tail", self.tail + 1) self.items[self.tail] = v return self end
function Deque:unshift(v) rawset(self, "head", self.head - 1) self.items[self.head] = v return self end
function Deque:pop()
  if #self == 0 then return nil end
  local v = self.items[self.tail]
  self.items[self.tail] = nil
  self.tail = self.tail - 1
  return v
end
function Deque:shift()
  if #self == 0 then return nil end
  local v = self.items[self.head]
  self.items[self.head] = nil
  self.head = self.head + 1
  return v
end
local d = Deque.new("b", "c")
d:push("d"):unshift("a"):push("e")
print(#d, d[1], d[-1], d[3], d[6], d[0], d:shift(), d:pop(), #d, d[1], d[-1])
print(pcall(function() d[9] = 1 end))
for _ = 1, 5 do io.write(tostring(d:shift()), " ") end
print(#d, d.head, d.tail)

-- Largest value in each window, by a monotonic deque.
local function window_max(t, w)
  local q, out = Deque.new(), {}
  for i, v in ipairs(t) do
    while #q > 0 and t[q[-1]] <= v do q:pop() end
    q:push(i)
    if q[1] <= i - w then q:shift() end
    if i >= w then out[#out + 1] = t[q[1]] end
  end
  return table.concat(out, " ")
end
print(window_max({1, 3, -1, -3, 5, 3, 6, 7}, 3), window_max({9, 8, 7, 6}, 2), window_max({1, 2}, 1))

local Ring = {}
Ring.__index = Ring
function Ring.new(n) return setmetatable({n = n, at = 0, count = 0}, Ring) end
function Ring:add(v)
  local old = self.count == self.n and self[self.at + 1] or nil
  self[self.at + 1] = v
  self.at = (self.at + 1) % self.n
  self.count = math.min(self.count + 1, self.n)
  return old
end
function Ring:values()
  local t = {}
  for k = self.count, 1, -1 do t[#t + 1] = self[(self.at - k) % self.n + 1] end
  return table.concat(t, " ")
end
local ring = Ring.new(4)
for i = 1, 6 do io.write(tostring(ring:add(i * i)), ",") end
print(ring:values(), ring.count)

local Sets = {}
Sets.__index = Sets
function Sets.new(n)
  local s = setmetatable({parent = {}, size = {}, groups = n}, Sets)
  for i = 1, n do s.parent[i], s.size[i] = i, 1 end
  return s
end
function Sets:find(i)
  while self.parent[i] ~= i do
    self.parent[i] = self.parent[self.parent[i]]
    i = self.parent[i]
  end
  return i
end
function Sets:join(a, b)
  a, b = self:find(a), self:find(b)
  if a == b then return false end
  if self.size[a] < self.size[b] then a, b = b, a end
  self.parent[b] = a
  self.size[a] = self.size[a] + self.size[b]
  self.groups = self.groups - 1
  return true
end
local s = Sets.new(10)
for _, p in ipairs {{1, 2}, {3, 4}, {2, 3}, {5, 6}, {1, 4}, {7, 8}, {8, 9}, {9, 7}} do s:join(p[1], p[2]) end
print(s.groups, s:find(1) == s:find(4), s:find(1) == s:find(5), s.size[s:find(9)], s.size[s:find(10)])

-- A maze by random joins: open walls until all cells are connected.
local W, H = 12, 5
local cells, seed, walls, open = Sets.new(W * H), 99, {}, {}
for y = 0, H - 1 do
  for x = 0, W - 1 do
    if x < W - 1 then walls[#walls + 1] = {y * W + x + 1, y * W + x + 2} end
    if y < H - 1 then walls[#walls + 1] = {y * W + x + 1, (y + 1) * W + x + 1} end
  end
end
for i = #walls, 2, -1 do
  seed = seed * 69069 + 1 & 0xffffffff
  local j = (seed >> 16) % i + 1
  walls[i], walls[j] = walls[j], walls[i]
end
for _, w in ipairs(walls) do if cells:join(w[1], w[2]) then open[w[1] << 8 | w[2]] = true end end
print("+" .. ("--+"):rep(W))
for y = 0, H - 1 do
  local row, below = {"|"}, {"+"}
  for x = 0, W - 1 do
    local c = y * W + x + 1
    row[#row + 1] = open[c << 8 | c + 1] and "   " or "  |"
    below[#below + 1] = open[c << 8 | c + W] and "  +" or "--+"
  end
  print(table.concat(row))
  print(table.concat(below))
end

local Fenwick = {}
Fenwick.__index = Fenwick
function Fenwick.new(n) local t = setmetatable({n = n}, Fenwick) for i = 1, n do t[i] = 0 end return t end
function Fenwick:add(i, v) while i <= self.n do self[i] = self[i] + v i = i + (i & -i) end end
function Fenwick:sum(i) local r = 0 while i > 0 do r = r + self[i] i = i & i - 1 end return r end
local function inversions(t)
  local f, n = Fenwick.new(#t), 0
  for i = #t, 1, -1 do n = n + f:sum(t[i] - 1) f:add(t[i], 1) end
  return n
end
print(inversions {1, 2, 3, 4}, inversions {4, 3, 2, 1}, inversions {2, 4, 1, 3, 5}, inversions {1})
local f = Fenwick.new(64)
for i = 1, 64 do f:add(i, i) end
print(f:sum(10), f:sum(64), f:sum(0), f:sum(40) - f:sum(39))

-- Subsets as bit masks: subset sums and Gray code.
local items, hits = {3, 34, 4, 12, 5, 2}, {}
for mask = 0, (1 << #items) - 1 do
  local sum = 0
  for i = 1, #items do if mask >> i - 1 & 1 == 1 then sum = sum + items[i] end end
  if sum == 9 then hits[#hits + 1] = ("%06b"):gsub("%%06b", function() local b = "" for i = 1, 6 do b = b .. (mask >> i - 1 & 1) end return b end) end
end
print(table.concat(hits, " "))
local gray = {}
for i = 0, 15 do gray[#gray + 1] = i ~ i >> 1 end
print(table.concat(gray, " "))

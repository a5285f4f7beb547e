-- a simulation of events in order of time: heaps of closures and records, queues, a bank with tellers
local N = tonumber((...)) or 100
local Heap = {}
Heap.__index = Heap
function Heap.new(less) return setmetatable({ n = 0, less = less }, Heap) end
function Heap:push(item)
  local less, i = self.less, self.n + 1
  self.n = i
  while i > 1 do
    local parent = i >> 1
    if not less(item, self[parent]) then break end
    self[i] = self[parent]
    i = parent
  end
  self[i] = item
end
function Heap:pop()
  local n, less = self.n, self.less
  if n == 0 then return nil end
  local top, item = self[1], self[n]
  self[n] = nil
  n = n - 1
  self.n = n
  if n == 0 then return top end
  local i = 1
  while true do
    local child = i << 1
    if child > n then break end
    if child < n and less(self[child + 1], self[child]) then child = child + 1 end
    if not less(self[child], item) then break end
    self[i] = self[child]
    i = child
  end
  self[i] = item
  return top
end
local Queue = {}
Queue.__index = Queue
function Queue.new() return setmetatable({ first = 1, last = 0, items = {} }, Queue) end
function Queue:push(v) self.last = self.last + 1; self.items[self.last] = v end
function Queue:pop()
  if self.first > self.last then return nil end
  local v = self.items[self.first]
  self.items[self.first] = nil
  self.first = self.first + 1
  return v
end
local function simulate(seed, customers, tellers)
  local function random(n) seed = (seed * 16807) % 2147483647; return seed % n + 1 end
  local serial, now = 0, 0
  local agenda = Heap.new(function(a, b) return a.time < b.time or a.time == b.time and a.serial < b.serial end)
  local function at(time, action) serial = serial + 1; agenda:push({ time = time, serial = serial, action = action }) end
  local line, free, waited, served, longest = Queue.new(), tellers, 0, 0, 0
  local serve
  function serve(customer)
    free = free - 1
    local wait = now - customer.arrived
    waited, longest = waited + wait, math.max(longest, wait)
    at(now + customer.work, function()
      free = free + 1
      served = served + 1
      if customer.returns then
        at(now + 50, function() line:push({ arrived = now, work = 5 }) end)
      end
      local following = line:pop()
      if following then serve(following) end
    end)
  end
  local function arrive(i)
    local customer = { arrived = now, work = random(40), returns = i % 10 == 0 }
    if free > 0 then serve(customer) else line:push(customer) end
    if i < customers then at(now + random(9), function() arrive(i + 1) end) end
  end
  at(0, function() arrive(1) end)
  while agenda.n > 0 do
    local event = agenda:pop()
    now = event.time
    event.action()
  end
  return waited, served, longest, now
end
local total, last = 0, 0
for r = 1, N do
  local waited, served, longest, now = simulate(r * 7919, 2000, 4)
  total = (total + waited + served * 3 + longest * 5) % 1000000007
  last = now
  -- numbers through a heap come out sorted
  local heap, x = Heap.new(function(a, b) return a < b end), r
  for _ = 1, 1500 do x = (x * 16807) % 2147483647; heap:push(x) end
  local previous = heap:pop()
  for v in function() return heap:pop() end do
    assert(previous <= v)
    previous = v
  end
end
print(total, last)

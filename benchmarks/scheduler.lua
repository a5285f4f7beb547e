-- cooperative tasks: producers and consumers over channels, timers, pipelines of coroutines
local N = tonumber((...)) or 400
local create, resume, yield, status, running = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status, coroutine.running
local ready, first, last = {}, 1, 0
local clock, timers = 0, {}
local function wake(co, value) last = last + 1; ready[last] = { co = co, value = value } end
local function spawn(f, ...) local co = create(f); wake(co, { ... }); return co end
local function sleep(n)
  local at = clock + n
  local list = timers[at]
  if not list then list = {}; timers[at] = list end
  list[#list + 1] = running()
  return yield()
end
local Channel = {}
Channel.__index = Channel
local function channel(capacity) return setmetatable({ items = {}, head = 1, n = 0, capacity = capacity, readers = {}, writers = {} }, Channel) end
function Channel:put(item)
  while self.n >= self.capacity do
    self.writers[#self.writers + 1] = running()
    yield()
  end
  self.items[self.head + self.n] = item
  self.n = self.n + 1
  local reader = table.remove(self.readers)
  if reader then wake(reader) end
end
function Channel:take()
  while self.n == 0 do
    self.readers[#self.readers + 1] = running()
    yield()
  end
  local item = self.items[self.head]
  self.items[self.head] = nil
  self.head, self.n = self.head + 1, self.n - 1
  local writer = table.remove(self.writers)
  if writer then wake(writer) end
  return item
end
local function run()
  local switches = 0
  repeat
    while first <= last do
      local entry = ready[first]
      ready[first] = nil
      first = first + 1
      local ok, message
      if status(entry.co) == "suspended" then
        if type(entry.value) == "table" then ok, message = resume(entry.co, table.unpack(entry.value))
        else ok, message = resume(entry.co, entry.value) end
        assert(ok, message)
      end
      switches = switches + 1
    end
    clock = clock + 1
    local due = timers[clock]
    timers[clock] = nil
    for i = 1, due and #due or 0 do wake(due[i]) end
  until first > last and next(timers) == nil
  return switches
end
local function numbers(n) return coroutine.wrap(function() for i = 1, n do yield(i) end end) end
local function filter(p, source) return coroutine.wrap(function() for x in source do if p(x) then yield(x) end end end) end
local function map(f, source) return coroutine.wrap(function() for x in source do yield(f(x)) end end) end
local sum, switches = 0, 0
for r = 1, N do
  local raw, cooked, finished = channel(5), channel(3), 0
  for p = 1, 4 do
    spawn(function(id)
      for i = 1, 150 do
        raw:put(id * 1000 + i)
        if i % 20 == 0 then sleep(id) end
      end
      finished = finished + 1
      if finished == 4 then for _ = 1, 3 do raw:put(false) end end
    end, p)
  end
  local done = 0
  for _ = 1, 3 do
    spawn(function()
      while true do
        local item = raw:take()
        if not item then break end
        cooked:put(item % 97)
      end
      done = done + 1
      if done == 3 then cooked:put(false) end
    end)
  end
  spawn(function() for item in function() return cooked:take() or nil end do sum = sum + item end end)
  switches = switches + run()
  for x in map(function(x) return x * x end, filter(function(x) return x % 3 == r % 3 end, numbers(2000))) do sum = sum + x % 11 end
end
print(sum, switches, clock)

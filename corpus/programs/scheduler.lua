-- A cooperative scheduler: sleeping, channels, priorities, joining, cancellation and deadlock detection.
local Scheduler = {}
Scheduler.__index = Scheduler
function Scheduler.new() return setmetatable({now = 0, tasks = {}, ready = {}, sleeping = {}, log = {}, serial = 0}, Scheduler) end
function Scheduler:note(...) self.log[#self.log + 1] = self.now .. ":" .. table.concat({...}, " ") end
function Scheduler:spawn(name, f, ...)
  self.serial = self.serial + 1
  local task = {name = name, id = self.serial, co = coroutine.create(f), priority = 0, joiners = {}, args = table.pack(...)}
  self.tasks[#self.tasks + 1] = task
  self.ready[#self.ready + 1] = task
  return task
end
local function wait(kind, ...) return coroutine.yield(kind, ...) end
local function sleep(n) return wait("sleep", n) end
local function pause() return wait "pause" end
local function join(task) return wait("join", task) end

local Channel = {}
Channel.__index = Channel
function Channel.new(size) return setmetatable({size = size or 0, items = {}, readers = {}, writers = {}}, Channel) end
function Channel:put(v) return wait("put", self, v) end
function Channel:get() return wait("get", self) end
function Channel:close() return wait("close", self) end
function Channel:each() return function() return self:get() end end

function Scheduler:wake(task, ...)
  task.args = table.pack(...)
  self.ready[#self.ready + 1] = task
end
function Scheduler:finish(task, ok, ...)
  task.done, task.ok, task.result = true, ok, table.pack(...)
  self:note(task.name, ok and "ends" or "fails", tostring((...)))
  for _, j in ipairs(task.joiners) do self:wake(j, ok, ...) end
end
local handlers = {}
function handlers.pause(s, task) s:wake(task) end
function handlers.sleep(s, task, n)
  task.at = s.now + n
  table.insert(s.sleeping, task)
  table.sort(s.sleeping, function(a, b) if a.at ~= b.at then return a.at < b.at end return a.id < b.id end)
end
function handlers.join(s, task, other)
  if other.done then return s:wake(task, other.ok, table.unpack(other.result, 1, other.result.n)) end
  table.insert(other.joiners, task)
  task.waits = "join " .. other.name
end
function handlers.put(s, task, ch, v)
  if ch.closed then return s:wake(task, false) end
  local reader = table.remove(ch.readers, 1)
  if reader then
    reader.waits = nil
    s:wake(reader, v)
    s:wake(task, true)
  elseif #ch.items < ch.size then
    table.insert(ch.items, v)
    s:wake(task, true)
  else
    task.waits = "put"
    table.insert(ch.writers, {task, v})
  end
end
function handlers.get(s, task, ch)
  local v = table.remove(ch.items, 1)
  local writer = table.remove(ch.writers, 1)
  if writer then
    if v ~= nil then table.insert(ch.items, writer[2]) else v = writer[2] end
    writer[1].waits = nil
    s:wake(writer[1], true)
  end
  if v ~= nil or ch.closed then return s:wake(task, v) end
  task.waits = "get"
  table.insert(ch.readers, task)
end
function handlers.close(s, task, ch)
  ch.closed = true
  for _, r in ipairs(ch.readers) do r.waits = nil s:wake(r, nil) end
  ch.readers = {}
  s:wake(task)
end
function Scheduler:step(task)
  if task.done then return end
  local r = table.pack(coroutine.resume(task.co, table.unpack(task.args, 1, task.args.n)))
  if coroutine.status(task.co) == "dead" then return self:finish(task, table.unpack(r, 1, r.n)) end
  handlers[r[2]](self, task, table.unpack(r, 3, r.n))
end
function Scheduler:cancel(task)
  if task.done then return false end
  local ok, e = coroutine.close(task.co)
  self:finish(task, false, ok and "cancelled" or "cancelled badly: " .. tostring(e))
  return true
end
function Scheduler:run(limit)
  while true do
    if #self.ready == 0 then
      local next_up = table.remove(self.sleeping, 1)
      if not next_up then break end
      if next_up.at > limit then self.now = limit break end
      self.now = next_up.at
      if not next_up.done then self:wake(next_up, self.now) end
    else
      local best = 1
      for i, t in ipairs(self.ready) do if t.priority > self.ready[best].priority then best = i end end
      self:step(table.remove(self.ready, best))
    end
  end
  local stuck = {}
  for _, t in ipairs(self.tasks) do if not t.done then stuck[#stuck + 1] = t.name .. "(" .. (t.waits or "asleep") .. ")" end end
  print(table.concat(self.log, "\n"))
  print(#stuck == 0 and "all done at " .. self.now or "left at " .. self.now .. ": " .. table.concat(stuck, " "))
  print "--"
end

local s = Scheduler.new()
for i, n in ipairs {3, 1, 2} do
  s:spawn("s" .. i, function() s:note("s" .. i, "start") local at = sleep(n) s:note("s" .. i, "woke at", at) return n * n end)
end
s:run(100)

s = Scheduler.new()
local ch = Channel.new(2)
local prod = s:spawn("producer", function()
  for i = 1, 5 do ch:put(i) s:note("put", i) end
  ch:close()
  return "sent"
end)
s:spawn("consumer", function()
  local sum = 0
  for v in ch:each() do s:note("got", v) sum = sum + v sleep(1) end
  return sum
end)
s:spawn("joiner", function() local ok, r = join(prod) s:note("joined", tostring(ok), r) end)
s:run(100)

s = Scheduler.new()
local failing = s:spawn("failing", function() sleep(2) error(setmetatable({code = 7}, {__tostring = function(e) return "code " .. e.code end})) end)
s:spawn("watcher", function()
  local ok, e = join(failing)
  s:note("saw", tostring(ok), e.code)
  local again, e2 = join(failing)
  return again == ok and e2 == e and "same" or "different"
end)
local endless = s:spawn("endless", function()
  local guard <close> = setmetatable({}, {__close = function(_, e) s:note("guard", tostring(e)) end})
  while true do sleep(3) s:note "tick" end
end)
local stubborn = s:spawn("stubborn", function()
  local guard <close> = setmetatable({}, {__close = function() error("no!", 0) end})
  sleep(1000)
end)
s:spawn("killer", function() sleep(7) return s:cancel(endless), s:cancel(endless), s:cancel(stubborn) end)
s:run(50)

s = Scheduler.new()
local a, b = Channel.new(), Channel.new()
s:spawn("left", function() a:get() b:put(1) end)
s:spawn("right", function() b:get() a:put(1) end)
local low = s:spawn("low", function() for _ = 1, 2 do s:note "low" pause() end end)
local high = s:spawn("high", function() for _ = 1, 2 do s:note "high" pause() end end)
high.priority = 5
s:run(10)

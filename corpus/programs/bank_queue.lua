-- Discrete-event simulation of a bank: arrivals, several tellers, impatient customers.
-- All randomness comes from a fixed linear congruential generator.
local Random = {}
Random.__index = Random
function Random.new(seed) return setmetatable({state = seed}, Random) end
function Random:next()
  self.state = self.state * 6364136223846793005 + 1442695040888963407
  return self.state >> 33
end
function Random:range(lo, hi) return lo + self:next() % (hi - lo + 1) end
function Random:exponential(mean)
  local u = (self:next() + 1) / 2147483649
  return math.max(1, math.floor(-mean * math.log(u) + 0.5))
end

-- A calendar of events, ordered by time, then by order of scheduling.
local Calendar = {}
Calendar.__index = Calendar
function Calendar.new() return setmetatable({n = 0, serial = 0}, Calendar) end
local function before(a, b) return a.time < b.time or a.time == b.time and a.serial < b.serial end
function Calendar:add(time, action)
  self.serial = self.serial + 1
  self.n = self.n + 1
  local i, e = self.n, {time = time, serial = self.serial, action = action}
  self[i] = e
  while i > 1 and before(self[i], self[i // 2]) do
    self[i], self[i // 2] = self[i // 2], self[i]
    i = i // 2
  end
  return e
end
function Calendar:take()
  local top = self[1]
  self[1], self[self.n] = self[self.n], nil
  self.n = self.n - 1
  local i = 1
  while 2 * i <= self.n do
    local c = 2 * i
    if c < self.n and before(self[c + 1], self[c]) then c = c + 1 end
    if not before(self[c], self[i]) then break end
    self[i], self[c] = self[c], self[i]
    i = c
  end
  return top
end

local function simulate(params)
  local rnd, calendar = Random.new(params.seed), Calendar.new()
  local queue, head, tail = {}, 1, 0
  local idle, busy_time = {}, {}
  local stats = {arrived = 0, served = 0, left = 0, waited = 0, longest = 0, max_queue = 0}
  local now = 0
  for t = params.tellers, 1, -1 do idle[#idle + 1] = t busy_time[t] = 0 end

  local function serve()
    while #idle > 0 and head <= tail do
      local customer = queue[head]
      queue[head] = nil
      head = head + 1
      if customer and not customer.gone then
        customer.served = true
        local teller = table.remove(idle)
        local wait = now - customer.arrival
        stats.waited = stats.waited + wait
        stats.longest = math.max(stats.longest, wait)
        local took = rnd:exponential(params.service)
        busy_time[teller] = busy_time[teller] + took
        calendar:add(now + took, function()
          stats.served = stats.served + 1
          idle[#idle + 1] = teller
          table.sort(idle, function(a, b) return a > b end)
          serve()
        end)
      end
    end
  end

  local function arrive()
    stats.arrived = stats.arrived + 1
    local customer = {arrival = now}
    tail = tail + 1
    queue[tail] = customer
    stats.max_queue = math.max(stats.max_queue, tail - head + 1)
    calendar:add(now + rnd:range(params.patience, 2 * params.patience), function()
      if not customer.served and not customer.gone then
        customer.gone = true
        stats.left = stats.left + 1
      end
    end)
    serve()
    local next_at = now + rnd:exponential(params.interval)
    if next_at <= params.closing then calendar:add(next_at, arrive) end
  end

  calendar:add(0, arrive)
  local events = 0
  while calendar.n > 0 do
    local e = calendar:take()
    assert(e.time >= now, "time runs backwards")
    now = e.time
    events = events + 1
    e.action()
  end
  stats.events, stats.finish, stats.busy = events, now, busy_time
  assert(stats.arrived == stats.served + stats.left)
  return stats
end

for _, p in ipairs {
  {tellers = 1, interval = 10, service = 8, patience = 60, closing = 480, seed = 1},
  {tellers = 1, interval = 5, service = 8, patience = 20, closing = 480, seed = 1},
  {tellers = 2, interval = 5, service = 8, patience = 30, closing = 480, seed = 2},
  {tellers = 3, interval = 3, service = 8, patience = 30, closing = 960, seed = 3},
  {tellers = 5, interval = 1, service = 4, patience = 15, closing = 960, seed = 4},
} do
  local s = simulate(p)
  print(("tellers %d: %d arrived, %d served, %d left, mean wait %.2f, longest %d, queue %d, events %d, closed at %d"):format(
    p.tellers, s.arrived, s.served, s.left, s.served > 0 and s.waited / s.served or 0, s.longest, s.max_queue, s.events, s.finish))
  local use = {}
  for t, b in ipairs(s.busy) do use[t] = ("%d:%.0f%%"):format(t, 100 * b / s.finish) end
  print("  busy " .. table.concat(use, " "))
end

-- Two elevators in a building, controlled by a collective algorithm; people are coroutines.
local FLOORS, CAPACITY = 8, 4
local clock, log = 0, {}
local function note(fmt, ...) log[#log + 1] = ("%3d "):format(clock) .. fmt:format(...) end

local Elevator = {}
Elevator.__index = Elevator
function Elevator.new(name, floor)
  return setmetatable({name = name, floor = floor, dir = 0, riders = {}, moves = 0, stops = 0}, Elevator)
end

local waiting = {} -- by floor, then in order of arrival
for f = 1, FLOORS do waiting[f] = {} end

function Elevator:wanted(f)
  for _, r in ipairs(self.riders) do if r.to == f then return true end end
  return #self.riders < CAPACITY and #waiting[f] > 0
end
function Elevator:above() for f = self.floor + 1, FLOORS do if self:wanted(f) then return true end end end
function Elevator:below() for f = self.floor - 1, 1, -1 do if self:wanted(f) then return true end end end

function Elevator:doors()
  local out, keep = 0, {}
  for _, r in ipairs(self.riders) do
    if r.to == self.floor then
      out = out + 1
      coroutine.resume(r.thread, "arrived")
    else
      keep[#keep + 1] = r
    end
  end
  self.riders = keep
  local queue, into = waiting[self.floor], 0
  local i = 1
  while i <= #queue and #self.riders < CAPACITY do
    local r = queue[i]
    local want = r.to > self.floor and 1 or -1
    if self.dir == 0 or want == self.dir or #self.riders == 0 and not (self.dir > 0 and self:above() or self.dir < 0 and self:below()) then
      table.remove(queue, i)
      self.riders[#self.riders + 1] = r
      self.dir = want
      into = into + 1
      coroutine.resume(r.thread, "boarded", self)
    else
      i = i + 1
    end
  end
  if out + into > 0 then
    self.stops = self.stops + 1
    note("%s at %d: %d out, %d in, %d aboard", self.name, self.floor, out, into, #self.riders)
  end
  return out + into > 0
end

function Elevator:tick()
  if self:wanted(self.floor) and self:doors() then return end
  if self.dir >= 0 and self:above() then self.dir = 1
  elseif self:below() then self.dir = -1
  elseif self:above() then self.dir = 1
  else self.dir = 0 return end
  self.floor = self.floor + self.dir
  self.moves = self.moves + 1
end

local done, total_wait, total_ride = 0, 0, 0
local function person(name, from, to)
  return coroutine.create(function()
    local me = {name = name, to = to, thread = coroutine.running()}
    local start = clock
    local queue = waiting[from]
    queue[#queue + 1] = me
    note("%s calls at %d for %d", name, from, to)
    local event, elevator = coroutine.yield()
    assert(event == "boarded")
    local boarded = clock
    total_wait = total_wait + boarded - start
    event = coroutine.yield()
    assert(event == "arrived" and elevator.floor == to)
    total_ride = total_ride + clock - boarded
    done = done + 1
    note("%s got out of %s after %d+%d", name, elevator.name, boarded - start, clock - boarded)
  end)
end

-- A fixed schedule of arrivals: time, from, to.
local schedule = {
  {0, 1, 5}, {0, 1, 8}, {1, 3, 1}, {2, 8, 2}, {2, 8, 1}, {2, 8, 1}, {2, 8, 3}, {2, 8, 4}, {5, 4, 5},
  {9, 5, 1}, {9, 2, 7}, {12, 6, 7}, {12, 7, 6}, {20, 1, 8}, {21, 8, 1}, {30, 4, 3},
}
local people = {}
local lifts = {Elevator.new("A", 1), Elevator.new("B", 8)}
local next_up = 1
while done < #schedule and clock < 200 do
  while schedule[next_up] and schedule[next_up][1] == clock do
    local s = schedule[next_up]
    people[next_up] = person("p" .. next_up, s[2], s[3])
    assert(coroutine.resume(people[next_up]))
    next_up = next_up + 1
  end
  for _, e in ipairs(lifts) do e:tick() end
  clock = clock + 1
end
for _, line in ipairs(log) do print(line) end
for i, co in ipairs(people) do assert(coroutine.status(co) == "dead", i) end
print(("all %d transported by %d, mean wait %.3f, mean ride %.3f"):format(done, clock, total_wait / done, total_ride / done))
for _, e in ipairs(lifts) do print(e.name, e.floor, e.moves .. " moves", e.stops .. " stops", #e.riders) end

-- Conway's Life on an unbounded plane, sparse: oscillators, gliders, a methuselah, and cycle detection.
local Life = {}
Life.__index = Life
local function key(x, y) return (x + 32768) << 16 | y + 32768 end
local function coords(k) return (k >> 16) - 32768, (k & 0xffff) - 32768 end

function Life.parse(...)
  local self = setmetatable({cells = {}, age = 0}, Life)
  for y, row in ipairs {...} do
    for x = 1, #row do
      if row:sub(x, x) == "#" then self.cells[key(x, y)] = true end
    end
  end
  return self
end

function Life:step()
  local counts = {}
  for k in pairs(self.cells) do
    for dx = -65536, 65536, 65536 do
      for d = dx - 1, dx + 1 do
        if d ~= 0 then counts[k + d] = (counts[k + d] or 0) + 1 end
      end
    end
  end
  local cells = {}
  for k, n in pairs(counts) do
    if n == 3 or n == 2 and self.cells[k] then cells[k] = true end
  end
  self.cells, self.age = cells, self.age + 1
end

function Life:sorted()
  local list = {}
  for k in pairs(self.cells) do list[#list + 1] = k end
  table.sort(list)
  return list
end

function Life:box()
  local x0, y0, x1, y1 = math.huge, math.huge, -math.huge, -math.huge
  for k in pairs(self.cells) do
    local x, y = coords(k)
    x0, y0, x1, y1 = math.min(x0, x), math.min(y0, y), math.max(x1, x), math.max(y1, y)
  end
  return x0, y0, x1, y1
end

-- A position-independent signature, and the offset separately.
function Life:shape()
  local list = self:sorted()
  if #list == 0 then return "dead", 0, 0 end
  local x0, y0 = self:box()
  for i, k in ipairs(list) do
    local x, y = coords(k)
    list[i] = x - x0 .. "," .. y - y0
  end
  return table.concat(list, ";"), x0, y0
end

function Life:draw()
  local x0, y0, x1, y1 = self:box()
  for y = y0, y1 do
    local row = {}
    for x = x0, x1 do row[#row + 1] = self.cells[key(x, y)] and "#" or "." end
    print(table.concat(row))
  end
end

function Life.__len(self)
  local n = 0
  for _ in pairs(self.cells) do n = n + 1 end
  return n
end

local function study(name, limit, ...)
  local life = Life.parse(...)
  local seen, peak = {}, #life
  while life.age <= limit do
    local shape, x, y = life:shape()
    if shape == "dead" then return print(name, "dies at", life.age, "peak", peak) end
    local old = seen[shape]
    if old then
      local kind = life.age - old.age == 1 and "still life" or "period " .. life.age - old.age
      if x ~= old.x or y ~= old.y then kind = kind .. " moving " .. x - old.x .. "," .. y - old.y end
      return print(name, kind, "from", old.age, "cells", #life, "peak", peak)
    end
    seen[shape] = {age = life.age, x = x, y = y}
    life:step()
    peak = math.max(peak, #life)
  end
  local x0, y0, x1, y1 = life:box()
  print(name, "alive at", life.age, "cells", #life, "peak", peak, (x1 - x0 + 1) .. "x" .. (y1 - y0 + 1))
end

study("block", 10, "##", "##")
study("blinker", 10, "###")
study("toad", 10, ".###", "###")
study("glider", 10, ".#.", "..#", "###")
study("spaceship", 10, ".#..#", "#....", "#...#", "####.")
study("pulsar", 10, "###...###", ".........", "#....#..#", "#....#..#", "#....#..#")
study("pair", 10, "##")
study("row of ten", 40, "##########")
study("diehard", 140, "......#.", "##......", ".#...###")
study("r-pentomino", 60, ".##", "##.", ".#.")
study("acorn", 60, ".#.....", "...#...", "##..###")

local g = Life.parse(".#.", "..#", "###")
for _ = 1, 3 do
  g:draw()
  g:step()
  print("age " .. g.age)
end

-- Rabbits and foxes on a torus, moved by a fixed generator; statistics and small maps over time.
local W, H = 32, 12
local state = 20240229
local function rnd(n)
  state = state ~ state << 13
  state = state ~ state >> 7
  state = state ~ state << 17
  return (state >> 11) % n
end

local Animal = {}
Animal.__index = Animal
local Rabbit = setmetatable({glyph = "r", breed = 4, births = 0}, Animal)
Rabbit.__index = Rabbit
local Fox = setmetatable({glyph = "F", breed = 7, starve = 5, births = 0, deaths = 0}, Animal)
Fox.__index = Fox

local grid = {}
local function at(x, y) return y % H * W + x % W end
local function put(class, pos, fields)
  local a = setmetatable(fields or {}, class)
  a.pos, a.age = pos, a.age or 0
  grid[pos] = a
  return a
end

local directions = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}}
function Animal:neighbours(accept)
  local x, y = self.pos % W, self.pos // W
  local list = {}
  for _, d in ipairs(directions) do
    local p = at(x + d[1], y + d[2])
    if accept(grid[p]) then list[#list + 1] = p end
  end
  return list
end
local function empty(cell) return cell == nil end
local function is_rabbit(cell) return cell ~= nil and getmetatable(cell) == Rabbit end

function Animal:move(options)
  if #options == 0 then return false end
  local target = options[rnd(#options) + 1]
  local prey = grid[target]
  if prey then prey.dead = true end
  local from = self.pos
  grid[from] = nil
  self.pos = target
  grid[target] = self
  if self.age >= self.breed then
    self.age = 0
    local class = getmetatable(self)
    class.births = class.births + 1
    put(class, from, {energy = self.starve, born = true})
  end
  return prey ~= nil
end
function Rabbit:act()
  self.age = self.age + 1
  self:move(self:neighbours(empty))
end
function Fox:act()
  self.age = self.age + 1
  self.energy = self.energy - 1
  local prey = self:neighbours(is_rabbit)
  if #prey > 0 then
    self:move(prey)
    self.energy = self.starve
  elseif self.energy <= 0 then
    grid[self.pos] = nil
    Fox.deaths = Fox.deaths + 1
  else
    self:move(self:neighbours(empty))
  end
end

local function step()
  local turn = {}
  for p = 0, W * H - 1 do if grid[p] then turn[#turn + 1] = grid[p] end end
  for i = #turn, 2, -1 do
    local j = rnd(i) + 1
    turn[i], turn[j] = turn[j], turn[i]
  end
  for _, a in ipairs(turn) do
    if not a.dead and not a.born then a:act() end
    a.born = nil
  end
end
local function census()
  local rabbits, foxes = 0, 0
  for p, a in pairs(grid) do
    assert(a.pos == p and not a.dead, "an animal in two places")
    if is_rabbit(a) then rabbits = rabbits + 1 else foxes = foxes + 1 end
  end
  return rabbits, foxes
end
local function draw()
  for y = 0, H - 1 do
    local row = {}
    for x = 0, W - 1 do local a = grid[at(x, y)] row[#row + 1] = a and a.glyph or "." end
    print(table.concat(row))
  end
end

for _ = 1, 70 do
  local p = rnd(W * H)
  if not grid[p] then put(Rabbit, p, {age = rnd(4)}) end
end
for _ = 1, 12 do
  local p = rnd(W * H)
  if not grid[p] then put(Fox, p, {age = rnd(7), energy = Fox.starve}) end
end
local history = {}
for t = 0, 60 do
  local r, f = census()
  history[#history + 1] = {r, f}
  if t % 10 == 0 then print(("%3d rabbits %3d foxes %3d"):format(t, r, f)) end
  if t == 0 or t == 30 then draw() end
  step()
end
local peak = {0, 0}
for t, h in ipairs(history) do
  for k = 1, 2 do if h[k] > peak[k] then peak[k] = h[k] peak[k + 2] = t - 1 end end
end
print(("peaks: %d rabbits at %d, %d foxes at %d"):format(peak[1], peak[3], peak[2], peak[4]))
print("births", Rabbit.births, Fox.births, "starved", Fox.deaths)
for t = 1, #history, 6 do
  local h = history[t]
  print(("r"):rep(h[1] // 8) .. ("F"):rep(h[2] // 8))
end

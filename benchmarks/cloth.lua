-- a cloth of particles and springs: records of floats, constraints solved by relaxation
local N = tonumber((...)) or 350
local sqrt = math.sqrt
local Particle = {}
Particle.__index = Particle
function Particle.new(x, y, z, fixed) return setmetatable({ x = x, y = y, z = z, ox = x, oy = y, oz = z, fixed = fixed }, Particle) end
function Particle:move(dt2, wind)
  if self.fixed then return end
  local x, y, z = self.x, self.y, self.z
  self.x = x + (x - self.ox) * 0.99 + wind * dt2
  self.y = y + (y - self.oy) * 0.99 - 9.81 * dt2
  self.z = z + (z - self.oz) * 0.99 + wind * 0.5 * dt2
  self.ox, self.oy, self.oz = x, y, z
end
local Spring = {}
Spring.__index = Spring
function Spring.new(a, b)
  local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
  return setmetatable({ a = a, b = b, rest = sqrt(dx * dx + dy * dy + dz * dz) }, Spring)
end
function Spring:satisfy()
  local a, b = self.a, self.b
  local dx, dy, dz = b.x - a.x, b.y - a.y, b.z - a.z
  local length = sqrt(dx * dx + dy * dy + dz * dz)
  local k = (1 - self.rest / length) * 0.5
  dx, dy, dz = dx * k, dy * k, dz * k
  if not a.fixed then a.x = a.x + dx; a.y = a.y + dy; a.z = a.z + dz end
  if not b.fixed then b.x = b.x - dx; b.y = b.y - dy; b.z = b.z - dz end
end
local function ball(p, radius)
  local d2 = p.x * p.x + p.y * p.y + p.z * p.z
  if d2 < radius * radius then
    local k = radius / sqrt(d2)
    p.x, p.y, p.z = p.x * k, p.y * k, p.z * k
  end
end
local size, particles, springs = 20, {}, {}
for i = 0, size - 1 do
  for j = 0, size - 1 do
    local p = Particle.new(i * 0.2 - 2.0, 1.5, j * 0.2 - 2.1, (i == 0 or i == size - 1) and j == 0)
    particles[#particles + 1] = p
    if i > 0 then springs[#springs + 1] = Spring.new(particles[#particles - size], p) end
    if j > 0 then springs[#springs + 1] = Spring.new(particles[#particles - 1], p) end
    if i > 0 and j > 0 then springs[#springs + 1] = Spring.new(particles[#particles - size - 1], p) end
  end
end
for frame = 1, N do
  local wind = (frame % 20 - 10) * 0.1
  for _, p in ipairs(particles) do p:move(0.0004, wind) end
  for _ = 1, 4 do
    for i = 1, #springs do springs[i]:satisfy() end
    for i = 1, #particles do ball(particles[i], 1.0) end
  end
end
local x, y, z = 0, 0, 0
for _, p in ipairs(particles) do x, y, z = x + p.x, y + p.y, z + p.z end
print(string.format("%.6f %.6f %.6f", x, y, z))

-- a ray tracer: vectors as small tables, spheres, a floor, shadows, mirrors
local N = tonumber((...)) or 32
local sqrt, floor, min, max = math.sqrt, math.floor, math.min, math.max
local function vec(x, y, z) return { x, y, z } end
local function add(a, b) return { a[1] + b[1], a[2] + b[2], a[3] + b[3] } end
local function sub(a, b) return { a[1] - b[1], a[2] - b[2], a[3] - b[3] } end
local function scale(a, k) return { a[1] * k, a[2] * k, a[3] * k } end
local function dot(a, b) return a[1] * b[1] + a[2] * b[2] + a[3] * b[3] end
local function unit(a) return scale(a, 1 / sqrt(dot(a, a))) end
local function reflect(d, n) return sub(d, scale(n, 2 * dot(d, n))) end
local Sphere, Floor = {}, {}
Sphere.__index, Floor.__index = Sphere, Floor
function Sphere:hit(from, dir)
  local to = sub(self.center, from)
  local b = dot(to, dir)
  local d = b * b - dot(to, to) + self.radius * self.radius
  if d < 0 then return nil end
  local root = sqrt(d)
  if b - root > 1e-4 then return b - root end
  if b + root > 1e-4 then return b + root end
end
function Sphere:normal(p) return unit(sub(p, self.center)) end
function Sphere:color() return self.paint end
function Floor:hit(from, dir)
  if dir[2] > -1e-6 then return nil end
  local t = (self.height - from[2]) / dir[2]
  if t > 1e-4 then return t end
end
function Floor:normal() return self.up end
function Floor:color(p) return (floor(p[1]) + floor(p[3])) % 2 == 0 and self.dark or self.light end
local objects = { setmetatable({ height = -1, up = vec(0, 1, 0), dark = vec(0.1, 0.1, 0.1), light = vec(0.9, 0.9, 0.9), shine = 0.2 }, Floor) }
for i = 1, 6 do
  objects[#objects + 1] = setmetatable({
    center = vec(i * 1.3 - 4.5, (i % 3) * 0.7 - 0.4, 5 + i % 2 * 1.5), radius = 0.5 + i % 2 * 0.3,
    paint = vec(i / 6, 1 - i / 6, i % 2), shine = i % 3 * 0.3,
  }, Sphere)
end
local light = vec(-5, 6, -2)
local function nearest(from, dir)
  local best, what = math.huge, nil
  for _, object in ipairs(objects) do
    local t = object:hit(from, dir)
    if t and t < best then best, what = t, object end
  end
  return what, best
end
local function trace(from, dir, depth)
  local object, t = nearest(from, dir)
  if not object then
    local k = 0.5 * (dir[2] + 1)
    return vec(0.6 * k + 0.2, 0.7 * k + 0.2, 0.5 + 0.5 * k)
  end
  local p = add(from, scale(dir, t))
  local n = object:normal(p)
  local to_light = unit(sub(light, p))
  local brightness = 0.1
  if not nearest(p, to_light) then brightness = brightness + 0.9 * max(0, dot(n, to_light)) end
  local color = scale(object:color(p), brightness)
  if depth > 0 and object.shine > 0 then
    local mirrored = trace(p, reflect(dir, n), depth - 1)
    color = add(scale(color, 1 - object.shine), scale(mirrored, object.shine))
  end
  return color
end
local size, sums = N * 10, vec(0, 0, 0)
for y = 1, size do
  for x = 1, size do
    local dir = unit(vec((x - size / 2) / size, (size / 2 - y) / size, 1))
    sums = add(sums, trace(vec(0, 0.5, -3), dir, 3))
  end
end
print(string.format("%.6f %.6f %.6f", sums[1] / size ^ 2, sums[2] / size ^ 2, sums[3] / size ^ 2))

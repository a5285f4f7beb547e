-- hash tables: insertion, deletion while iterating, sparse and mixed keys, sets, counting, next and pairs
local N = tonumber((...)) or 120
local seed = 17
local function random(n) seed = (seed * 16807) % 2147483647; return seed % n end
local function union(a, b) local r = {} for k in pairs(a) do r[k] = true end for k in pairs(b) do r[k] = true end return r end
local function intersection(a, b) local r = {} for k in pairs(a) do if b[k] then r[k] = true end end return r end
local function size(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
local function invert(t) local r = {} for k, v in pairs(t) do r[v] = k end return r end
local function group(list, f)
  local groups = {}
  for _, v in ipairs(list) do
    local k = f(v)
    local g = groups[k]
    if g then g[#g + 1] = v else groups[k] = { v } end
  end
  return groups
end
local sum = 0
for r = 1, N do
  local a, b, list = {}, {}, {}
  for i = 1, 2000 do
    a[random(5000)] = i
    b["n" .. random(1500)] = i
    list[i] = random(1000)
  end
  sum = sum + size(union(a, invert(a))) + size(intersection(a, invert(a)))
  -- deletion of what is being visited is allowed
  for k in pairs(a) do if k % 2 == 0 then a[k] = nil end end
  for k, v in next, b do if v % 3 == 0 then b[k] = nil end end
  sum = sum + size(a) + size(b)
  for k, g in pairs(group(list, function(v) return v % 37 end)) do sum = sum + k * #g end
  for k, g in pairs(group(list, function(v) return v / 8 end)) do sum = sum + #g // 1 end
  local objects, count = {}, {}
  for i = 1, 300 do objects[i] = {} end
  for i = 1, 3000 do local o = objects[random(300) + 1]; count[o] = (count[o] or 0) + 1 end
  for _, o in ipairs(objects) do sum = sum + (count[o] or 0) % 7 end
  local grid = {}
  for i = 1, 2000 do
    local x, y = random(100) - 50, random(100) - 50
    grid[x] = grid[x] or {}
    grid[x][y] = (grid[x][y] or 0) + 1
  end
  for x, column in pairs(grid) do for y, n in pairs(column) do sum = sum + x * y * n end end
  local queue = {}
  for i = 1, 1000 do queue[i] = true end
  for i = 1, 2000 do queue[i] = nil; queue[i + 1000] = i end
  sum = sum + size(queue)
  local mixed = { [true] = 1, [false] = 2, [1.5] = 3, [-0.0] = 4, [2^53] = 5, x = 6 }
  for _ = 1, 500 do for _, v in pairs(mixed) do sum = sum + v end end
  for k in next, {}, nil do sum = sum + 1 end
end
print(sum)

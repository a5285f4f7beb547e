-- grids: breadth-first search, flood fill, mazes, distance maps, with flat and nested arrays
local N = tonumber((...)) or 130
local function maze(width, height, seed)
  local cells, stack, n = {}, {}, 1
  for i = 1, width * height do cells[i] = 35 end
  local at = width + 2
  cells[at] = 46
  stack[1] = at
  while n > 0 do
    at = stack[n]
    local x, y = (at - 1) % width, (at - 1) // width
    seed = (seed * 16807) % 2147483647
    local moved = false
    for k = 0, 3 do
      local d = (seed + k) % 4
      local dx, dy = d == 0 and 2 or d == 1 and -2 or 0, d == 2 and 2 or d == 3 and -2 or 0
      local nx, ny = x + dx, y + dy
      if nx > 0 and nx < width - 1 and ny > 0 and ny < height - 1 then
        local to = ny * width + nx + 1
        if cells[to] == 35 then
          cells[to] = 46
          cells[at + (to - at) // 2] = 46
          n = n + 1
          stack[n] = to
          moved = true
          break
        end
      end
    end
    if not moved then stack[n] = nil; n = n - 1 end
  end
  return cells
end
local function distances(cells, width, start)
  local dist, queue, head, tail = { [start] = 0 }, { start }, 1, 1
  local around = { 1, -1, width, -width }
  while head <= tail do
    local at = queue[head]
    head = head + 1
    local d = dist[at] + 1
    for i = 1, 4 do
      local to = at + around[i]
      if cells[to] == 46 and not dist[to] then
        dist[to] = d
        tail = tail + 1
        queue[tail] = to
      end
    end
  end
  return dist, queue[tail]
end
local function fill(grid, x, y, from, to)
  local row = grid[y]
  if not row or row[x] ~= from then return 0 end
  row[x] = to
  return 1 + fill(grid, x + 1, y, from, to) + fill(grid, x - 1, y, from, to)
    + fill(grid, x, y + 1, from, to) + fill(grid, x, y - 1, from, to)
end
local function regions(size, k)
  local grid = {}
  for y = 1, size do
    grid[y] = {}
    for x = 1, size do grid[y][x] = (x * x // k + y * y // k) % 3 end
  end
  local count, largest = 0, 0
  for y = 1, size do
    for x = 1, size do
      if grid[y][x] < 3 then
        count = count + 1
        largest = math.max(largest, fill(grid, x, y, grid[y][x], 3))
      end
    end
  end
  return count, largest
end
local sum = 0
for r = 1, N do
  local cells = maze(121, 81, r)
  local _, far = distances(cells, 121, 123)
  local dist, other = distances(cells, 121, far)
  sum = sum + dist[other] + far
  local count, largest = regions(70, 40 + r)
  sum = sum + count * 3 + largest
end
print(sum)

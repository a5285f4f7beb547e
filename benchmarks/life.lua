-- the game of life: on a torus of rows, and unbounded in a table of coordinates
local N = tonumber((...)) or 1000
local function torus(width, height)
  local rows = {}
  for y = 1, height do
    rows[y] = {}
    for x = 1, width do rows[y][x] = (x * y + x // 3) % 5 < 2 and 1 or 0 end
  end
  return rows
end
local function step(rows)
  local height, width, new = #rows, #rows[1], {}
  for y = 1, height do
    local above, row, below = rows[y > 1 and y - 1 or height], rows[y], rows[y < height and y + 1 or 1]
    local out = {}
    for x = 1, width do
      local l, r = x > 1 and x - 1 or width, x < width and x + 1 or 1
      local n = above[l] + above[x] + above[r] + row[l] + row[r] + below[l] + below[x] + below[r]
      out[x] = (n == 3 or n == 2 and row[x] == 1) and 1 or 0
    end
    new[y] = out
  end
  return new
end
local function sparse_step(cells)
  local counts, new = {}, {}
  for key in pairs(cells) do
    for dy = -65536, 65536, 65536 do
      for dx = -1, 1 do
        if dx ~= 0 or dy ~= 0 then
          local k = key + dy + dx
          counts[k] = (counts[k] or 0) + 1
        end
      end
    end
  end
  for key, n in pairs(counts) do
    if n == 3 or n == 2 and cells[key] then new[key] = true end
  end
  return new
end
local rows = torus(80, 60)
local cells = {}
for _, cell in ipairs({ { 1, 0 }, { 2, 0 }, { 0, 1 }, { 1, 1 }, { 1, 2 } }) do cells[(1000 + cell[2]) * 65536 + 1000 + cell[1]] = true end
local history = 0
for generation = 1, N do
  rows = step(rows)
  cells = sparse_step(cells)
  local n = 0
  for _, row in ipairs(rows) do for _, cell in ipairs(row) do n = n + cell end end
  for _ in pairs(cells) do n = n + 1 end
  history = (history * 31 + n) % 1000003
end
print(history)

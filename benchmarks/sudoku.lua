-- exact cover by dancing links: sudoku puzzles and tilings as a mesh of linked tables
local N = tonumber((...)) or 30
local function matrix(n_columns)
  local head = { size = 0 }
  head.left, head.right = head, head
  local columns = {}
  for i = 1, n_columns do
    local c = { size = 0, name = i }
    c.up, c.down, c.column = c, c, c
    c.left, c.right = head.left, head
    head.left.right = c
    head.left = c
    columns[i] = c
  end
  return { head = head, columns = columns, steps = 0 }
end
local function add_row(m, id, list)
  local first
  for _, i in ipairs(list) do
    local c = m.columns[i]
    local node = { column = c, row = id, up = c.up, down = c }
    c.up.down = node
    c.up = node
    c.size = c.size + 1
    if first then
      node.left, node.right = first.left, first
      first.left.right = node
      first.left = node
    else
      node.left, node.right = node, node
      first = node
    end
  end
  return first
end
local function cover(c)
  c.right.left, c.left.right = c.left, c.right
  local row = c.down
  while row ~= c do
    local node = row.right
    while node ~= row do
      node.down.up, node.up.down = node.up, node.down
      node.column.size = node.column.size - 1
      node = node.right
    end
    row = row.down
  end
end
local function uncover(c)
  local row = c.up
  while row ~= c do
    local node = row.left
    while node ~= row do
      node.column.size = node.column.size + 1
      node.down.up, node.up.down = node, node
      node = node.left
    end
    row = row.up
  end
  c.right.left, c.left.right = c, c
end
local function solve(m, solution, found)
  local head = m.head
  m.steps = m.steps + 1
  if head.right == head then return found(solution) end
  local best = head.right
  local c = best.right
  while c ~= head do
    if c.size < best.size then best = c end
    c = c.right
  end
  cover(best)
  local row = best.down
  while row ~= best do
    solution[#solution + 1] = row.row
    local node = row.right
    while node ~= row do cover(node.column); node = node.right end
    local stop = solve(m, solution, found)
    node = row.left
    while node ~= row do uncover(node.column); node = node.left end
    solution[#solution] = nil
    if stop then break end
    row = row.down
  end
  uncover(best)
  return false
end
local function sudoku(clues)
  local m, rows = matrix(324), {}
  for r = 0, 8 do
    for c = 0, 8 do
      for d = 1, 9 do
        local box = r // 3 * 3 + c // 3
        local id = r * 81 + c * 9 + d
        rows[id] = add_row(m, id, { r * 9 + c + 1, 81 + r * 9 + d, 162 + c * 9 + d, 243 + box * 9 + d })
      end
    end
  end
  local solution = {}
  for _, id in ipairs(clues) do
    local node = rows[id]
    repeat cover(node.column); node = node.right until node == rows[id]
    solution[#solution + 1] = id
  end
  local count, sum = 0, 0
  solve(m, solution, function(s)
    count = count + 1
    for _, id in ipairs(s) do sum = (sum + id * id) % 1000003 end
    return count >= 20
  end)
  return sum, m.steps
end
-- dominoes and bars of three that fill a board
local function tilings(width, height)
  local m = matrix(width * height)
  local id = 0
  local function place(cells) id = id + 1; add_row(m, id, cells) end
  for y = 0, height - 1 do
    for x = 1, width do
      local at = y * width + x
      if x < width then place({ at, at + 1 }) end
      if y < height - 1 then place({ at, at + width }) end
      if x < width - 1 then place({ at, at + 1, at + 2 }) end
    end
  end
  local count = 0
  solve(m, {}, function() count = count + 1 end)
  return count, m.steps
end
local sum, steps = 0, 0
for r = 1, N do
  local clues = {}
  -- two fifths of a full board, which has rows that are shifts of each other
  for row = 0, 8 do
    for c = 0, 8 do
      if (row * 13 + c * 7 + row * c + r) % 5 < 2 then
        clues[#clues + 1] = row * 81 + c * 9 + (row % 3 * 3 + row // 3 + c + r) % 9 + 1
      end
    end
  end
  local s, n = sudoku(clues)
  local t, k = tilings(4, 4)
  sum, steps = sum + s + t, steps + n + k
end
print(sum, steps)

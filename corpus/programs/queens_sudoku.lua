-- Backtracking: queens by bits, sudoku by constraint propagation, knight's tour, exact subset, permutations.
local function queens(n)
  local full, count, first = (1 << n) - 1, 0, nil
  local cols = {}
  local function place(row, taken, left, right)
    if taken == full then
      count = count + 1
      first = first or table.concat(cols, " ", 1, n)
      return
    end
    local free = full & ~(taken | left | right)
    while free ~= 0 do
      local bit = free & -free
      free = free ~ bit
      local c = 0
      while bit >> c ~= 1 do c = c + 1 end
      cols[row] = c + 1
      place(row + 1, taken | bit, (left | bit) << 1 & full, (right | bit) >> 1)
    end
  end
  place(1, 0, 0, 0)
  return count, first
end
for n = 1, 8 do print(n, queens(n)) end

-- Sudoku: candidates as bit masks; singles are propagated, then the cell with fewest candidates is tried.
local peers = {}
for c = 0, 80 do
  local seen = {}
  local r, k = c // 9, c % 9
  for i = 0, 8 do
    seen[r * 9 + i], seen[i * 9 + k] = true, true
    seen[(r // 3 * 3 + i // 3) * 9 + k // 3 * 3 + i % 3] = true
  end
  seen[c] = nil
  peers[c] = {}
  for p in pairs(seen) do table.insert(peers[c], p) end
  table.sort(peers[c])
end
local function bits(m) local n = 0 while m ~= 0 do m = m & m - 1 n = n + 1 end return n end

local function eliminate(cand, cell, mask)
  if cand[cell] & mask == 0 then return true end
  cand[cell] = cand[cell] & ~mask
  if cand[cell] == 0 then return false end
  if cand[cell] & cand[cell] - 1 == 0 then
    for _, p in ipairs(peers[cell]) do
      if not eliminate(cand, p, cand[cell]) then return false end
    end
  end
  return true
end
local function assign(cand, cell, mask) return eliminate(cand, cell, cand[cell] & ~mask) and cand[cell] == mask end

local function sudoku(text, limit)
  local cand, guesses, solutions = {}, 0, {}
  for c = 0, 80 do cand[c] = 511 end
  local i = 0
  for ch in text:gmatch("[%d%.]") do
    if ch ~= "." and ch ~= "0" then
      local mask = 1 << tonumber(ch) - 1
      if cand[i] & mask == 0 or not assign(cand, i, mask) then return {}, 0 end
    end
    i = i + 1
  end
  assert(i == 81)
  local function search(c)
    local best, fewest = nil, 10
    for cell = 0, 80 do
      local n = bits(c[cell])
      if n > 1 and n < fewest then best, fewest = cell, n end
    end
    if not best then
      solutions[#solutions + 1] = c
      return #solutions >= limit
    end
    local m = c[best]
    while m ~= 0 do
      local bit = m & -m
      m = m ~ bit
      guesses = guesses + 1
      local copy = table.move(c, 0, 80, 0, {})
      if assign(copy, best, bit) and search(copy) then return true end
    end
  end
  search(cand)
  return solutions, guesses
end
local function show(c)
  for r = 0, 8 do
    local row = {}
    for k = 0, 8 do
      local d = 0
      while c[r * 9 + k] >> d > 1 do d = d + 1 end
      row[#row + 1] = d + 1 .. (k % 3 == 2 and k < 8 and " |" or "")
    end
    print(table.concat(row, " "))
    if r % 3 == 2 and r < 8 then print("------+-------+------") end
  end
end
local easy = [[.....1678 ...8674.5 ......9.. .75.2.8.1 4....9..7 ..8..6... ......124 56.4.2... ....7.... ]]
local s, g = sudoku(easy, 2)
print(#s, g)
show(s[1])
print(#sudoku("11" .. ("."):rep(79), 2))
local open = easy:gsub("8674", "...."):gsub("124", "...")
local many, tries = sudoku(open, 5)
print(#many, tries)
for _, m in ipairs(many) do
  for c = 0, 80 do for _, p in ipairs(peers[c]) do assert(m[c] ~= m[p]) end end
end

-- Knight's tour with fewest-exits rule.
local N = 6
local board, moves = {}, {{1, 2}, {2, 1}, {2, -1}, {1, -2}, {-1, -2}, {-2, -1}, {-2, 1}, {-1, 2}}
local function free(x, y) return x >= 1 and x <= N and y >= 1 and y <= N and not board[y * 10 + x] end
local function exits(x, y)
  local n = 0
  for _, m in ipairs(moves) do if free(x + m[1], y + m[2]) then n = n + 1 end end
  return n
end
local function tour(x, y, k)
  board[y * 10 + x] = k
  if k == N * N then return true end
  local options = {}
  for i, m in ipairs(moves) do
    if free(x + m[1], y + m[2]) then options[#options + 1] = {exits(x + m[1], y + m[2]), i} end
  end
  table.sort(options, function(a, b) if a[1] ~= b[1] then return a[1] < b[1] end return a[2] < b[2] end)
  for _, o in ipairs(options) do
    if tour(x + moves[o[2]][1], y + moves[o[2]][2], k + 1) then return true end
  end
  board[y * 10 + x] = nil
  return false
end
print(tour(1, 1, 1))
for y = 1, N do
  local row = {}
  for x = 1, N do row[x] = ("%2d"):format(board[y * 10 + x]) end
  print(table.concat(row, " "))
end

-- Cryptarithm: SEND + MORE = MONEY style, by permuting digits.
local function solve(a, b, c)
  local letters, seen = {}, {}
  for ch in (a .. b .. c):gmatch "%u" do if not seen[ch] then seen[ch] = true letters[#letters + 1] = ch end end
  local value, used, tried = {}, {}, 0
  local function number(w) local n = 0 for ch in w:gmatch "." do n = n * 10 + value[ch] end return n end
  local function try(i)
    if i > #letters then
      tried = tried + 1
      return number(a) + number(b) == number(c)
    end
    for d = 0, 9 do
      local ch = letters[i]
      if not used[d] and not (d == 0 and (a:sub(1, 1) == ch or b:sub(1, 1) == ch or c:sub(1, 1) == ch)) then
        used[d], value[ch] = true, d
        if try(i + 1) then return true end
        used[d] = nil
      end
    end
    return false
  end
  if try(1) then return number(a) .. " + " .. number(b) .. " = " .. number(c), tried end
  return "no solution", tried
end
print(solve("AB", "BA", "CDC"))
print(solve("TO", "GO", "OUT"))
print(solve("A", "A", "A"))

-- Perfect play: tic-tac-toe by minimax with memo, nim sums, connect-three with alpha-beta, subtraction games.
local lines = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {1, 4, 7}, {2, 5, 8}, {3, 6, 9}, {1, 5, 9}, {3, 5, 7}}
local function winner(b)
  for _, l in ipairs(lines) do
    local c = b:sub(l[1], l[1])
    if c ~= "." and c == b:sub(l[2], l[2]) and c == b:sub(l[3], l[3]) then return c end
  end
end
local function place(b, i, c) return b:sub(1, i - 1) .. c .. b:sub(i + 1) end
local memo, visited = {}, 0
local function value(b, turn)
  local key = b .. turn
  if memo[key] then return memo[key], memo[key .. "m"] end
  visited = visited + 1
  local w = winner(b)
  local best, move
  if w then best = w == turn and 1 or -1
  elseif not b:find(".", 1, true) then best = 0
  else
    best = -2
    for i = 1, 9 do
      if b:sub(i, i) == "." then
        local v = -value(place(b, i, turn), turn == "x" and "o" or "x")
        if v > best then best, move = v, i end
      end
    end
  end
  memo[key], memo[key .. "m"] = best, move
  return best, move
end
print("start", value(("."):rep(9), "x"), visited)
local board, turn, game = ("."):rep(9), "x", {}
while not winner(board) and board:find(".", 1, true) do
  local _, m = value(board, turn)
  board = place(board, m, turn)
  game[#game + 1] = turn .. m
  turn = turn == "x" and "o" or "x"
end
print(table.concat(game, " "), winner(board))
print(board:sub(1, 3) .. "\n" .. board:sub(4, 6) .. "\n" .. board:sub(7, 9))
for _, p in ipairs {{"xx..o.o..", "x"}, {"x...o...x", "o"}, {"xo..x....", "o"}, {"oo.xx....", "x"}} do
  print(p[1], p[2], value(p[1], p[2]))
end
-- Census of all reachable finished positions, by result.
local seen, results = {}, {x = 0, o = 0, draw = 0, nodes = 0}
local function explore(b, t)
  if seen[b] then return end
  seen[b] = true
  results.nodes = results.nodes + 1
  local w = winner(b)
  if w then results[w] = results[w] + 1 return end
  if not b:find(".", 1, true) then results.draw = results.draw + 1 return end
  for i = 1, 9 do if b:sub(i, i) == "." then explore(place(b, i, t), t == "x" and "o" or "x") end end
end
explore(("."):rep(9), "x")
print(results.nodes, results.x, results.o, results.draw)

-- Nim: the xor rule against brute force.
local nim_memo = {}
local function nim_wins(heaps)
  table.sort(heaps)
  local key = table.concat(heaps, ",")
  if nim_memo[key] ~= nil then return nim_memo[key] end
  local win = false
  for i, h in ipairs(heaps) do
    for take = 1, h do
      local rest = table.move(heaps, 1, #heaps, 1, {})
      rest[i] = h - take
      if not nim_wins(rest) then win = true break end
    end
    if win then break end
  end
  nim_memo[key] = win
  return win
end
local agree = 0
for a = 0, 5 do for b = a, 5 do for c = b, 5 do
  if nim_wins {a, b, c} == (a ~ b ~ c ~= 0) then agree = agree + 1 end
end end end
print("nim", agree)
local function best_nim(...)
  local heaps, x = {...}, 0
  for _, h in ipairs(heaps) do x = x ~ h end
  for i, h in ipairs(heaps) do
    if h ~ x < h then return i, h - (h ~ x) end
  end
  return nil, "lost"
end
print(best_nim(3, 4, 5)) print(best_nim(1, 2, 3)) print(best_nim(7, 0, 0))

-- Connect three on a 4x4 board with gravity: alpha-beta, counting cut-offs.
local SIZE <const>, NEED <const> = 4, 3
local cut, nodes = 0, 0
local function wins(g, x, y, c)
  for _, d in ipairs {{1, 0}, {0, 1}, {1, 1}, {1, -1}} do
    local n = 1
    for s = -1, 1, 2 do
      local px, py = x + s * d[1], y + s * d[2]
      while g[px] and g[px][py] == c do n, px, py = n + 1, px + s * d[1], py + s * d[2] end
    end
    if n >= NEED then return true end
  end
  return false
end
local function search(g, c, alpha, beta, left)
  nodes = nodes + 1
  if left == 0 then return 0 end
  local best, move = -100, nil
  for _, x in ipairs {2, 3, 1, 4} do
    local y = #g[x] + 1
    if y <= SIZE then
      g[x][y] = c
      local v
      if wins(g, x, y, c) then v = left else v = -search(g, 3 - c, -beta, -alpha, left - 1) end
      g[x][y] = nil
      if v > best then best, move = v, x end
      alpha = math.max(alpha, v)
      if alpha >= beta then cut = cut + 1 break end
    end
  end
  return best, move
end
local g = {{}, {}, {}, {}}
print("connect", search(g, 1, -100, 100, 16))
print(nodes > 100, cut > 10, nodes)

-- Subtraction game values (Grundy numbers) and their period.
local function grundy(moves, upto)
  local t = {[0] = 0}
  for n = 1, upto do
    local reach, m = {}, 0
    for _, k in ipairs(moves) do if k <= n then reach[t[n - k]] = true end end
    while reach[m] do m = m + 1 end
    t[n] = m
  end
  return table.concat(t, "", 0, upto)
end
print(grundy({1, 2, 3}, 30))
print(grundy({1, 3, 4}, 30))
print(grundy({2, 5, 7}, 30))

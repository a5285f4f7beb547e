-- Binary heap with decrease-key; Dijkstra, A*, Prim and heap sort built on it.
local Heap = {}
Heap.__index = Heap
function Heap.new(less) return setmetatable({less = less or function(a, b) return a < b end, where = {}}, Heap) end
function Heap:swap(i, j)
  local a, b = self[i], self[j]
  self[i], self[j] = b, a
  self.where[a.value], self.where[b.value] = j, i
end
function Heap:up(i)
  while i > 1 and self.less(self[i].key, self[i // 2].key) do
    self:swap(i, i // 2)
    i = i // 2
  end
end
function Heap:down(i)
  while true do
    local best = i
    for c = 2 * i, 2 * i + 1 do
      if self[c] and self.less(self[c].key, self[best].key) then best = c end
    end
    if best == i then return end
    self:swap(i, best)
    i = best
  end
end
function Heap:put(value, key)
  local at = self.where[value]
  if at then
    if not self.less(key, self[at].key) then return false end
    self[at].key = key
  else
    at = #self + 1
    self[at] = {value = value, key = key}
    self.where[value] = at
  end
  self:up(at)
  return true
end
function Heap:take()
  local top = self[1]
  if not top then return nil end
  self:swap(1, #self)
  self[#self] = nil
  self.where[top.value] = nil
  if self[1] then self:down(1) end
  return top.value, top.key
end
function Heap:check()
  for i = 2, #self do
    assert(not self.less(self[i].key, self[i // 2].key), "heap order")
    assert(self.where[self[i].value] == i, "index")
  end
end

local roads = [[
A-B 6  A-C 8  A-F 17  B-C 3  B-D 21  C-D 12  C-F 5  D-E 9  E-F 7
G-H 1  E-I 2  I-J 4  J-D 1  H-G 3
]]
local graph, nodes = {}, {}
local function edge(a, b, w)
  if not graph[a] then graph[a] = {} nodes[#nodes + 1] = a end
  graph[a][#graph[a] + 1] = {to = b, w = w}
end
for a, b, w in roads:gmatch("(%u)%-(%u) (%d+)") do edge(a, b, tonumber(w)) edge(b, a, tonumber(w)) end
table.sort(nodes)

local function dijkstra(from)
  local dist, prev, heap = {}, {}, Heap.new()
  heap:put(from, 0)
  local order = {}
  while true do
    local n, d = heap:take()
    if not n then break end
    dist[n] = d
    order[#order + 1] = n
    for _, e in ipairs(graph[n]) do
      if not dist[e.to] and heap:put(e.to, d + e.w) then prev[e.to] = n end
    end
    heap:check()
  end
  return dist, prev, order
end
local dist, prev, order = dijkstra "A"
print("settled", table.concat(order, " "))
for _, n in ipairs(nodes) do
  local path, at = {}, n
  while at do table.insert(path, 1, at) at = prev[at] end
  print(n, dist[n] or "unreachable", dist[n] and table.concat(path, " ") or "")
end

-- A* on a map, ties broken by position.
local map = {
  "S...#.....",
  ".##.#.###.",
  ".#....#...",
  ".#.##.#.#.",
  "...#....#G",
}
local function astar(rows)
  local start, goal
  for y, row in ipairs(rows) do
    local s, g = row:find("S"), row:find("G")
    if s then start = y * 100 + s end
    if g then goal = y * 100 + g end
  end
  local gx, gy = goal % 100, goal // 100
  local cost, prev2, heap, seen = {[start] = 0}, {}, Heap.new(), 0
  heap:put(start, 0)
  while true do
    local n = heap:take()
    if not n then return nil, seen end
    seen = seen + 1
    if n == goal then break end
    local x, y = n % 100, n // 100
    for _, d in ipairs {{1, 0}, {0, 1}, {-1, 0}, {0, -1}} do
      local nx, ny = x + d[1], y + d[2]
      local c = rows[ny] and rows[ny]:sub(nx, nx) or ""
      local k = ny * 100 + nx
      if c ~= "" and c ~= "#" and cost[n] + 1 < (cost[k] or math.huge) then
        cost[k], prev2[k] = cost[n] + 1, n
        heap:put(k, (cost[k] + math.abs(gx - nx) + math.abs(gy - ny)) * 10000 + k)
      end
    end
  end
  local at = prev2[goal]
  while at ~= start do
    local y, x = at // 100, at % 100
    rows[y] = rows[y]:sub(1, x - 1) .. "*" .. rows[y]:sub(x + 1)
    at = prev2[at]
  end
  return cost[goal], seen
end
print("path", astar(map))
print(table.concat(map, "\n"))
print("walled", astar {"S#G", ".#."})

local function prim(from)
  local inside, heap, via, total, picked = {}, Heap.new(), {}, 0, {}
  heap:put(from, 0)
  for n, w in function() return heap:take() end do
    inside[n] = true
    total = total + w
    if via[n] then picked[#picked + 1] = via[n] .. n end
    for _, e in ipairs(graph[n]) do
      if not inside[e.to] and heap:put(e.to, e.w) then via[e.to] = n end
    end
  end
  return total, table.concat(picked, " ")
end
print("spanning tree", prim "A")

local words, sorted = Heap.new(function(a, b) return a > b end), {}
for w in ("the heap hands out its largest element first every time"):gmatch "%a+" do words:put(w, w) end
for w in function() return (words:take()) end do sorted[#sorted + 1] = w end
print(table.concat(sorted, " "))

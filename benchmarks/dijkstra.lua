-- shortest paths with a binary heap, minimal spanning trees with union-find, topological order
local N = tonumber((...)) or 40
local seed = 99
local function random(n) seed = (seed * 16807) % 2147483647; return seed % n + 1 end
local function graph(n, degree)
  local edges = {}
  for i = 1, n do edges[i] = {} end
  for i = 1, n do
    for _ = 1, degree do
      local j, w = random(n), random(1000)
      edges[i][#edges[i] + 1] = { to = j, weight = w }
      edges[j][#edges[j] + 1] = { to = i, weight = w }
    end
  end
  return edges
end
local function push(heap, key, value)
  local i = #heap + 1
  heap[i] = { key = key, value = value }
  while i > 1 do
    local parent = i // 2
    if heap[parent].key <= heap[i].key then break end
    heap[parent], heap[i] = heap[i], heap[parent]
    i = parent
  end
end
local function pop(heap)
  local top, n = heap[1], #heap
  heap[1] = heap[n]
  heap[n] = nil
  n = n - 1
  local i = 1
  while true do
    local child = 2 * i
    if child > n then break end
    if child < n and heap[child + 1].key < heap[child].key then child = child + 1 end
    if heap[i].key <= heap[child].key then break end
    heap[i], heap[child] = heap[child], heap[i]
    i = child
  end
  return top.key, top.value
end
local function distances(edges, start)
  local dist, heap = { [start] = 0 }, {}
  push(heap, 0, start)
  while #heap > 0 do
    local d, at = pop(heap)
    if d == dist[at] then
      for _, edge in ipairs(edges[at]) do
        local new = d + edge.weight
        local old = dist[edge.to]
        if not old or new < old then
          dist[edge.to] = new
          push(heap, new, edge.to)
        end
      end
    end
  end
  return dist
end
local function find(parent, i)
  while parent[i] ~= i do
    parent[i] = parent[parent[i]]
    i = parent[i]
  end
  return i
end
local function spanning_tree(edges)
  local list, parent, total = {}, {}, 0
  for i = 1, #edges do
    parent[i] = i
    for _, edge in ipairs(edges[i]) do
      if i < edge.to then list[#list + 1] = { i, edge.to, edge.weight } end
    end
  end
  table.sort(list, function(a, b)
    if a[3] ~= b[3] then return a[3] < b[3] end
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2]
  end)
  for _, edge in ipairs(list) do
    local a, b = find(parent, edge[1]), find(parent, edge[2])
    if a ~= b then
      parent[a] = b
      total = total + edge[3]
    end
  end
  return total
end
local function topological(n, degree)
  local out, incoming = {}, {}
  for i = 1, n do out[i] = {}; incoming[i] = incoming[i] or 0 end
  for i = 1, n - 1 do
    for _ = 1, degree do
      local j = i + random(n - i)
      out[i][#out[i] + 1] = j
      incoming[j] = incoming[j] + 1
    end
  end
  local queue, head, sum = {}, 1, 0
  for i = 1, n do if incoming[i] == 0 then queue[#queue + 1] = i end end
  while head <= #queue do
    local i = queue[head]
    head = head + 1
    sum = (sum * 31 + i) % 1000003
    for _, j in ipairs(out[i]) do
      incoming[j] = incoming[j] - 1
      if incoming[j] == 0 then queue[#queue + 1] = j end
    end
  end
  return sum
end
local sum = 0
for r = 1, N do
  local edges = graph(1500, 4)
  local dist = distances(edges, 1)
  for i = 1, 1500 do sum = sum + (dist[i] or 0) end
  sum = sum + spanning_tree(edges) + topological(3000, 3)
end
print(sum)

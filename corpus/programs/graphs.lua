-- Graph algorithms: topological order, components, maximum flow, matching, cycles, colouring, Floyd.
local function keys(t)
  local k = {}
  for n in pairs(t) do k[#k + 1] = n end
  table.sort(k)
  return k
end
local function parse(text, both)
  local g = {}
  for a, b, w in text:gmatch("(%w+)>(%w+):?(%d*)") do
    g[a], g[b] = g[a] or {}, g[b] or {}
    g[a][b] = tonumber(w) or 1
    if both then g[b][a] = g[a][b] end
  end
  return g
end

local function topological(g)
  local indegree, ready, out = {}, {}, {}
  for n in pairs(g) do indegree[n] = indegree[n] or 0 for m in pairs(g[n]) do indegree[m] = (indegree[m] or 0) + 1 end end
  for _, n in ipairs(keys(g)) do if indegree[n] == 0 then ready[#ready + 1] = n end end
  while #ready > 0 do
    table.sort(ready, function(a, b) return a > b end)
    local n = table.remove(ready)
    out[#out + 1] = n
    for _, m in ipairs(keys(g[n])) do
      indegree[m] = indegree[m] - 1
      if indegree[m] == 0 then ready[#ready + 1] = m end
    end
  end
  if #out < #keys(g) then
    local left = {}
    for _, n in ipairs(keys(g)) do if indegree[n] > 0 then left[#left + 1] = n end end
    return nil, "cycle among " .. table.concat(left, " ")
  end
  return table.concat(out, " ")
end
print(topological(parse "shirt>tie tie>jacket trousers>shoes trousers>belt belt>jacket socks>shoes"))
print(topological(parse "a>b b>c c>d d>b x>a"))

-- Strongly connected components, Tarjan's algorithm.
local function components(g)
  local index, low, on, stack, out, n = {}, {}, {}, {}, {}, 0
  local function visit(v)
    n = n + 1
    index[v], low[v] = n, n
    stack[#stack + 1] = v
    on[v] = true
    for _, w in ipairs(keys(g[v])) do
      if not index[w] then
        visit(w)
        low[v] = math.min(low[v], low[w])
      elseif on[w] then
        low[v] = math.min(low[v], index[w])
      end
    end
    if low[v] == index[v] then
      local c = {}
      repeat
        local w = table.remove(stack)
        on[w] = nil
        c[#c + 1] = w
      until w == v
      table.sort(c)
      out[#out + 1] = table.concat(c)
    end
  end
  for _, v in ipairs(keys(g)) do if not index[v] then visit(v) end end
  return table.concat(out, " ")
end
print(components(parse "a>b b>c c>a b>d d>e e>f f>d g>f g>h h>g"))

-- Maximum flow by shortest augmenting paths; the cut is read off the last search.
local function maxflow(g, s, t)
  local r, flow, rounds = {}, 0, 0
  for a in pairs(g) do r[a] = r[a] or {} for b, c in pairs(g[a]) do r[a][b] = c r[b] = r[b] or {} r[b][a] = r[b][a] or 0 end end
  while true do
    local prev, queue, head = {[s] = s}, {s}, 1
    while queue[head] and not prev[t] do
      local n = queue[head]
      head = head + 1
      for _, m in ipairs(keys(r[n])) do
        if r[n][m] > 0 and not prev[m] then prev[m] = n queue[#queue + 1] = m end
      end
    end
    if not prev[t] then
      local cut = {}
      for _, a in ipairs(keys(g)) do
        for _, b in ipairs(keys(g[a])) do if prev[a] and not prev[b] then cut[#cut + 1] = a .. b end end
      end
      return flow, rounds, table.concat(cut, " ")
    end
    local least, n = math.huge, t
    while n ~= s do least = math.min(least, r[prev[n]][n]) n = prev[n] end
    n = t
    while n ~= s do
      r[prev[n]][n], r[n][prev[n]] = r[prev[n]][n] - least, r[n][prev[n]] + least
      n = prev[n]
    end
    flow, rounds = flow + least, rounds + 1
  end
end
print(maxflow(parse "s>a:11 s>b:9 s>c:5 a>d:6 b>d:4 b>e:7 c>e:6 e>c:2 d>t:8 e>t:10 d>e:3", "s", "t"))
print(maxflow(parse "s>a:3 b>t:5 a>c:2", "s", "t"))

-- Bipartite matching by alternating paths.
local function match(g)
  local partner = {}
  local function try(v, seen)
    for _, w in ipairs(keys(g[v])) do
      if not seen[w] then
        seen[w] = true
        if not partner[w] or try(partner[w], seen) then
          partner[w] = v
          return true
        end
      end
    end
    return false
  end
  local n = 0
  for _, v in ipairs(keys(g)) do if try(v, {}) then n = n + 1 end end
  local out = {}
  for _, w in ipairs(keys(partner)) do out[#out + 1] = partner[w] .. w end
  return n, table.concat(out, " ")
end
print(match(parse "A>x A>y B>x C>y C>z D>z D>w E>w"))

-- Euler circuit, articulation points, greedy colouring, all-pairs distances on undirected graphs.
local function euler(g, start)
  local left, out = {}, {}
  for a in pairs(g) do left[a] = {} for b in pairs(g[a]) do left[a][b] = true end end
  local stack = {start}
  while #stack > 0 do
    local v = stack[#stack]
    local w = keys(left[v])[1]
    if w then
      left[v][w], left[w][v] = nil, nil
      stack[#stack + 1] = w
    else
      out[#out + 1] = table.remove(stack)
    end
  end
  return table.concat(out)
end
local u = parse("a>b b>c c>a c>d d>e e>c", true)
print(euler(u, "a"), euler(u, "c"))
local function articulation(g)
  local depth, low, cut = {}, {}, {}
  local function visit(v, parent, d)
    depth[v], low[v] = d, d
    local kids = 0
    for _, w in ipairs(keys(g[v])) do
      if not depth[w] then
        kids = kids + 1
        visit(w, v, d + 1)
        low[v] = math.min(low[v], low[w])
        if parent and low[w] >= d then cut[v] = true end
      elseif w ~= parent then
        low[v] = math.min(low[v], depth[w])
      end
    end
    if not parent and kids > 1 then cut[v] = true end
  end
  for _, v in ipairs(keys(g)) do if not depth[v] then visit(v, nil, 1) end end
  return table.concat(keys(cut), " ")
end
print(articulation(u), articulation(parse("a>b b>c c>d d>e e>c", true)))
local function colour(g)
  local c, used = {}, 0
  local order = keys(g)
  table.sort(order, function(a, b) local x, y = #keys(g[a]), #keys(g[b]) if x ~= y then return x > y end return a < b end)
  for _, v in ipairs(order) do
    local taken, k = {}, 1
    for w in pairs(g[v]) do if c[w] then taken[c[w]] = true end end
    while taken[k] do k = k + 1 end
    c[v], used = k, math.max(used, k)
  end
  local out = {}
  for _, v in ipairs(keys(g)) do out[#out + 1] = v .. c[v] end
  return used, table.concat(out, " ")
end
print(colour(u))
print(colour(parse("w>n w>s n>s n>q q>s q>w s>v v>z", true)))
local d = parse("a>b:3 b>c:4 c>d:1 a>d:10 e>f:2", true)
local names = keys(d)
local dist = {}
for _, i in ipairs(names) do dist[i] = {} for _, j in ipairs(names) do dist[i][j] = i == j and 0 or d[i][j] or math.huge end end
for _, k in ipairs(names) do for _, i in ipairs(names) do for _, j in ipairs(names) do
  dist[i][j] = math.min(dist[i][j], dist[i][k] + dist[k][j])
end end end
for _, i in ipairs(names) do
  local row = {}
  for _, j in ipairs(names) do row[#row + 1] = ("%4s"):format(dist[i][j]) end
  print(i, table.concat(row))
end

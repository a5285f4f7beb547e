-- Anagram classes, letter sums, spelling by deletion, and word ladders over a small dictionary.
local list = {}
for w in ([[
  listen silent enlist tinsel inlets google elbow below night thing act cat tac arc car stop pots tops
  spot opts post dusty study race care acre cold cord card ward warm word wood good gold told bold
  lead load goad head heal teal tell tall tail hail hall ball bell cell stone notes tones onset
]]):gmatch("%a+") do list[#list + 1] = w end
local known = {}
for _, w in ipairs(list) do known[w] = true end

local function signature(w)
  local t = {w:byte(1, -1)}
  table.sort(t)
  return string.char(table.unpack(t))
end

local classes = {}
for _, w in ipairs(list) do
  local s = signature(w)
  classes[s] = classes[s] or {}
  table.insert(classes[s], w)
end
local groups = {}
for s, ws in pairs(classes) do
  if #ws > 1 then
    table.sort(ws)
    groups[#groups + 1] = {s, ws}
  end
end
table.sort(groups, function(a, b) if #a[2] ~= #b[2] then return #a[2] > #b[2] end return a[1] < b[1] end)
for _, g in ipairs(groups) do print(g[1], #g[2], table.concat(g[2], " ")) end

-- Breadth-first search through words differing in one letter.
local function neighbours(w)
  local out = {}
  for i = 1, #w do
    for b = 97, 122 do
      local n = w:sub(1, i - 1) .. string.char(b) .. w:sub(i + 1)
      if n ~= w and known[n] then out[#out + 1] = n end
    end
  end
  return out
end
local function ladder(from, to)
  local parent, queue, head = {[from] = from}, {from}, 1
  while queue[head] do
    local w = queue[head]
    head = head + 1
    if w == to then
      local path = {}
      while parent[w] ~= w do table.insert(path, 1, w) w = parent[w] end
      table.insert(path, 1, from)
      return table.concat(path, " > ")
    end
    for _, n in ipairs(neighbours(w)) do
      if not parent[n] then parent[n] = w queue[#queue + 1] = n end
    end
  end
  return nil
end
print(ladder("cold", "warm"))
print(ladder("lead", "gold"))
print(ladder("head", "ball"))
print(ladder("stop", "pots"))
print(ladder("cell", "cell"))

-- Edit distance with transpositions, used to suggest corrections.
local function distance(a, b)
  local d = {}
  for i = 0, #a do d[i] = {[0] = i} end
  for j = 0, #b do d[0][j] = j end
  for i = 1, #a do
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      local v = math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        v = math.min(v, d[i - 2][j - 2] + 1)
      end
      d[i][j] = v
    end
  end
  return d[#a][#b]
end
print(distance("kitten", "sitting"), distance("", "abc"), distance("abcd", "acbd"), distance("same", "same"))
for _, typo in ipairs {"silnet", "stoen", "golld", "wrod", "tinzel", "qqqq", "crad"} do
  local best, names = 99, {}
  for _, w in ipairs(list) do
    local n = distance(typo, w)
    if n < best then best, names = n, {} end
    if n == best then names[#names + 1] = w end
  end
  table.sort(names)
  print(typo, best, best <= 2 and table.concat(names, ",") or "no suggestion")
end

-- All distinct rearrangements of a word with repeated letters, in order.
local function rearrange(w)
  local t, out = {w:byte(1, -1)}, {}
  table.sort(t)
  while true do
    out[#out + 1] = string.char(table.unpack(t))
    local i = #t - 1
    while i > 0 and t[i] >= t[i + 1] do i = i - 1 end
    if i == 0 then return out end
    local j = #t
    while t[j] <= t[i] do j = j - 1 end
    t[i], t[j] = t[j], t[i]
    i, j = i + 1, #t
    while i < j do t[i], t[j] = t[j], t[i] i, j = i + 1, j - 1 end
  end
end
print(table.concat(rearrange("abca"), " "))
print(#rearrange("listen"), #rearrange("google"))
local real = {}
for _, w in ipairs(rearrange("stop")) do if known[w] then real[#real + 1] = w end end
print(table.concat(real, " "))

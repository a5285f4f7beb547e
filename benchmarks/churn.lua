-- objects of all ages: a queue of orders, growing and shrinking tables, trees that are rebuilt
local N = tonumber((...)) or 110
local function insert(tree, key)
  -- a tree that shares what has not changed
  if not tree then return { key = key, size = 1 } end
  local left, right = tree.left, tree.right
  if key < tree.key then left = insert(left, key)
  elseif key > tree.key then right = insert(right, key)
  else return tree end
  return { key = tree.key, left = left, right = right, size = 1 + (left and left.size or 0) + (right and right.size or 0) }
end
local function walk(tree) if not tree then return 0 end return tree.key + walk(tree.left) + walk(tree.right) end
local orders, head, tail = {}, 1, 0
local seed = 3
local function random(n) seed = (seed * 16807) % 2147483647; return seed % n + 1 end
local sum = 0
for r = 1, N do
  for i = 1, 1500 do
    tail = tail + 1
    orders[tail] = { id = tail, lines = { { item = i, n = 1 }, { item = i + 1, n = 2 } }, note = i % 7 == 0 and "urgent" or nil }
    if tail - head > 4000 then
      local order = orders[head]
      orders[head] = nil
      head = head + 1
      for _, line in ipairs(order.lines) do sum = sum + line.item * line.n end
    end
  end
  local tree, versions = nil, {}
  for i = 1, 250 do
    tree = insert(tree, random(10000))
    if i % 50 == 0 then versions[#versions + 1] = tree end
  end
  for _, version in ipairs(versions) do sum = sum + walk(version) % 1009 + version.size end
  local t = {}
  for i = 1, 3000 do t[i] = i end
  for i = 3000, 1, -1 do t[i] = nil end
  for i = 1, 300 do t["k" .. i] = { i } end
  for i = 1, 300 do sum = sum + t["k" .. i][1]; t["k" .. i] = nil end
  local rows = {}
  for i = 1, 40 do
    rows[i] = {}
    for j = 1, 40 do rows[i][j] = i ~ j end
  end
  sum = sum + rows[r % 40 + 1][7]
end
print(sum, tail - head)

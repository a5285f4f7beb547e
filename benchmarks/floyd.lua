-- all shortest paths and transitive closure over flat arrays, longest common subsequence, knapsack
local N = tonumber((...)) or 11
local seed = 5
local function random(n) seed = (seed * 16807) % 2147483647; return seed % n end
local function all_paths(n)
  local d = {}
  for i = 0, n * n - 1 do d[i] = random(10) < 3 and random(100) + 1 or 1000000 end
  for i = 0, n - 1 do d[i * n + i] = 0 end
  for k = 0, n - 1 do
    for i = 0, n - 1 do
      local dik = d[i * n + k]
      if dik < 1000000 then
        for j = 0, n - 1 do
          local through = dik + d[k * n + j]
          if through < d[i * n + j] then d[i * n + j] = through end
        end
      end
    end
  end
  local sum = 0
  for i = 0, n * n - 1 do sum = sum + d[i] end
  return sum
end
local function closure(n)
  local rows = {}
  for i = 1, n do
    rows[i] = {}
    for j = 1, n do rows[i][j] = random(n) < 2 end
  end
  for k = 1, n do
    local via = rows[k]
    for i = 1, n do
      local row = rows[i]
      if row[k] then for j = 1, n do row[j] = row[j] or via[j] end end
    end
  end
  local count = 0
  for i = 1, n do for j = 1, n do if rows[i][j] then count = count + 1 end end end
  return count
end
local function common(n)
  local a, b, row = {}, {}, {}
  for i = 1, n do a[i], b[i], row[i] = random(4), random(4), 0 end
  row[0] = 0
  for i = 1, n do
    local diagonal = 0
    for j = 1, n do
      local above = row[j]
      if a[i] == b[j] then row[j] = diagonal + 1
      elseif row[j - 1] > above then row[j] = row[j - 1] end
      diagonal = above
    end
  end
  return row[n]
end
local function knapsack(items, capacity)
  local best = {}
  for c = 0, capacity do best[c] = 0 end
  for _ = 1, items do
    local weight, value = random(50) + 1, random(100)
    for c = capacity, weight, -1 do
      local with = best[c - weight] + value
      if with > best[c] then best[c] = with end
    end
  end
  return best[capacity]
end
local sum = 0
for r = 1, N do
  sum = sum + all_paths(120) + closure(120) + common(700) + knapsack(60, 5000)
end
print(sum)

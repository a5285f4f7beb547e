-- table.sort with many comparators and inputs; stability by decoration; errors; other algorithms compared.
local seed = 7
local function rnd(n) seed = seed * 1103515245 + 12345 & 0x7fffffff return (seed >> 10) % n end
local function ordered(t, less)
  less = less or function(a, b) return a < b end
  for i = 2, #t do if less(t[i], t[i - 1]) then return false end end
  return true
end
local inputs = {}
inputs.empty, inputs.one, inputs.two = {}, {1}, {2, 1}
inputs.equal, inputs.up, inputs.down, inputs.random, inputs.few, inputs.saw, inputs.organ = {}, {}, {}, {}, {}, {}, {}
for i = 1, 200 do
  inputs.equal[i], inputs.up[i], inputs.down[i] = 5, i, 201 - i
  inputs.random[i], inputs.few[i], inputs.saw[i], inputs.organ[i] = rnd(1000), rnd(4), i % 17, math.min(i, 201 - i)
end
local names = {}
for n in pairs(inputs) do names[#names + 1] = n end
table.sort(names)
for _, n in ipairs(names) do
  local t = table.move(inputs[n], 1, #inputs[n], 1, {})
  local sum, before = 0, 0
  for _, v in ipairs(t) do before = before + v end
  local calls = 0
  table.sort(t, function(a, b) calls = calls + 1 return a < b end)
  for _, v in ipairs(t) do sum = sum + v end
  local down = table.move(inputs[n], 1, #inputs[n], 1, {})
  table.sort(down, function(a, b) return a > b end)
  print(n, #t, ordered(t), sum == before, ordered(down, function(a, b) return a > b end), calls)
end

-- Mixed integers and floats, strings, negative numbers, by several keys.
local mixed = {3, 1.5, -2, 2^53, -0.5, 0, 1e300, -1/0, 10, 2.25}
table.sort(mixed)
print(table.concat(mixed, " "))
local words = {"pear", "Apple", "fig", "apple", "banana", "kiwi", "Fig", "cherry"}
table.sort(words) print(table.concat(words, " "))
table.sort(words, function(a, b) return a:lower() < b:lower() or a:lower() == b:lower() and a < b end) print(table.concat(words, " "))
table.sort(words, function(a, b) if #a ~= #b then return #a < #b end return a < b end) print(table.concat(words, " "))
local people = {}
for i, n in ipairs {"Zoe", "Adam", "Mia", "Eve", "Bob", "Ida"} do people[i] = {name = n, age = 20 + i * 7 % 4} end
local function by(...)
  local keys = {...}
  return function(a, b)
    for _, k in ipairs(keys) do
      local desc = k:sub(1, 1) == "-"
      k = k:gsub("^-", "")
      if a[k] ~= b[k] then
        if desc then return a[k] > b[k] end
        return a[k] < b[k]
      end
    end
    return false
  end
end
for _, keys in ipairs {{"name"}, {"age", "name"}, {"-age", "-name"}} do
  table.sort(people, by(table.unpack(keys)))
  local out = {}
  for i, p in ipairs(people) do out[i] = p.name .. p.age end
  print(table.concat(out, " "))
end

-- Comparator errors and inconsistency, sizes, metamethods.
print(pcall(table.sort, {3, 1, "x"}))
print(pcall(table.sort, {{}, {}}))
print(pcall(table.sort, {1, 2, 3, nil, 5}, function(a, b) return (a or 9) < (b or 9) end))
print(pcall(table.sort, {1, 2}, 5))
print(pcall(table.sort, {5, 3, 1}, function() error("inside", 0) end))
local bad = {}
for i = 1, 100 do bad[i] = i * 37 % 101 end
print(pcall(table.sort, bad, function() return true end))
print(pcall(table.sort, setmetatable({}, {__len = function() return math.maxinteger end})))
print(pcall(table.sort, setmetatable({}, {__len = function() return -5 end})))
local objs = {}
local mt = {__lt = function(a, b) return a.v < b.v end}
for i = 1, 50 do objs[i] = setmetatable({v = rnd(100)}, mt) end
table.sort(objs)
print(ordered(objs))
local co = coroutine.wrap(function() table.sort({2, 1, 3}, function(a, b) return a < b end) return "in coroutine" end)
print(co())

-- Own algorithms give the same result.
local function merge_sort(t, less)
  if #t < 2 then return t end
  local mid = #t // 2
  local a = merge_sort(table.move(t, 1, mid, 1, {}), less)
  local b = merge_sort(table.move(t, mid + 1, #t, 1, {}), less)
  local out, i, j = {}, 1, 1
  while a[i] or b[j] do
    if not b[j] or a[i] and not less(b[j], a[i]) then out[#out + 1] = a[i] i = i + 1
    else out[#out + 1] = b[j] j = j + 1 end
  end
  return out
end
local function shell(t)
  local gap = 1
  while gap < #t // 3 do gap = 3 * gap + 1 end
  while gap >= 1 do
    for i = gap + 1, #t do
      local v, j = t[i], i
      while j > gap and t[j - gap] > v do t[j] = t[j - gap] j = j - gap end
      t[j] = v
    end
    gap = gap // 3
  end
  return t
end
local function radix(t)
  for shift = 0, 24, 8 do
    local buckets, out = {}, {}
    for b = 0, 255 do buckets[b] = {} end
    for _, v in ipairs(t) do local b = buckets[v >> shift & 255] b[#b + 1] = v end
    for b = 0, 255 do table.move(buckets[b], 1, #buckets[b], #out + 1, out) end
    t = out
  end
  return t
end
local function insertion(t)
  for i = 2, #t do
    local v, j = t[i], i - 1
    while j >= 1 and t[j] > v do t[j + 1] = t[j] j = j - 1 end
    t[j + 1] = v
  end
  return t
end
local ref = {}
for i = 1, 300 do ref[i] = rnd(1 << 20) end
local function copy() return table.move(ref, 1, #ref, 1, {}) end
local sorted = copy()
table.sort(sorted)
local key = table.concat(sorted, " ")
for n, f in pairs {merge = function(t) return merge_sort(t, function(a, b) return a < b end) end, shell = shell, radix = radix, insertion = insertion} do
  if table.concat(f(copy()), " ") ~= key then print(n, "differs") end
end
local pairs_list = {}
for i = 1, 60 do pairs_list[i] = {k = rnd(5), i = i} end
local stable = merge_sort(pairs_list, function(a, b) return a.k < b.k end)
local ok = true
for i = 2, #stable do if stable[i].k == stable[i - 1].k and stable[i].i < stable[i - 1].i then ok = false end end
print("stable", ok, #stable)
-- Selection of the k-th smallest, and a binary search over the result.
local function nth(t, k)
  local pivot = t[#t // 2 + 1]
  local lo, eq, hi = {}, 0, {}
  for _, v in ipairs(t) do if v < pivot then lo[#lo + 1] = v elseif v > pivot then hi[#hi + 1] = v else eq = eq + 1 end end
  if k <= #lo then return nth(lo, k) elseif k <= #lo + eq then return pivot end
  return nth(hi, k - #lo - eq)
end
local hits = 0
for _, k in ipairs {1, 2, 50, 150, 299, 300} do if nth(copy(), k) == sorted[k] then hits = hits + 1 end end
local function lower_bound(t, v)
  local lo, hi = 1, #t + 1
  while lo < hi do
    local mid = (lo + hi) // 2
    if t[mid] < v then lo = mid + 1 else hi = mid end
  end
  return lo
end
print(hits, lower_bound(sorted, sorted[77]), lower_bound(sorted, -1), lower_bound(sorted, 1 << 30))

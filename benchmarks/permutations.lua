-- permutations, subsets and partitions by recursive coroutines, and by iterators without them
local N = tonumber((...)) or 45
local yield, wrap = coroutine.yield, coroutine.wrap
local function permutations(list)
  local function generate(n)
    if n == 1 then return yield(list) end
    for i = 1, n do
      generate(n - 1)
      local j = n % 2 == 0 and i or 1
      list[j], list[n] = list[n], list[j]
    end
  end
  return wrap(function() generate(#list) end)
end
-- every level is a coroutine of its own, so that a yield passes through all of them
local function subsets(list, from)
  return wrap(function()
    if from > #list then return yield({}) end
    for rest in subsets(list, from + 1) do
      yield(rest)
      local with = { list[from] }
      for i = 1, #rest do with[i + 1] = rest[i] end
      yield(with)
    end
  end)
end
local function partitions(n, max)
  return wrap(function()
    if n == 0 then return yield(0) end
    for k = math.min(n, max), 1, -1 do
      for parts in partitions(n - k, k) do yield(parts + 1) end
    end
  end)
end
local function next_permutation(list)
  local i = #list - 1
  while i > 0 and list[i] >= list[i + 1] do i = i - 1 end
  if i == 0 then return nil end
  local j = #list
  while list[j] <= list[i] do j = j - 1 end
  list[i], list[j] = list[j], list[i]
  local a, b = i + 1, #list
  while a < b do
    list[a], list[b] = list[b], list[a]
    a, b = a + 1, b - 1
  end
  return list
end
local count, sum = 0, 0
for r = 1, N do
  for p in permutations({ 1, 2, 3, 4, 5, 6, 7, 8 }) do
    count = count + 1
    sum = (sum * 3 + p[1] * p[8]) % 1000003
  end
  for s in subsets({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 1) do count = count + #s end
  for parts in partitions(18, 18) do sum = sum + parts end
  for p in next_permutation, { 1, 2, 3, 4, 5, 6, 7, 8 } do sum = (sum + p[1] * p[4]) % 1000003 end
end
print(count, sum)

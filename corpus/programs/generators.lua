-- Generators: permutations, combinations, subsets, partitions, trees, grammars, infinite series.
local function permutations(t)
  return coroutine.wrap(function()
    local function go(n)
      if n <= 1 then coroutine.yield(t) return end
      for i = 1, n do
        t[i], t[n] = t[n], t[i]
        go(n - 1)
        t[i], t[n] = t[n], t[i]
      end
    end
    go(#t)
  end)
end
local function combinations(t, k)
  return coroutine.wrap(function()
    local pick = {}
    local function go(from, left)
      if left == 0 then coroutine.yield(table.concat(pick, "", 1, k)) return end
      for i = from, #t - left + 1 do
        pick[k - left + 1] = t[i]
        go(i + 1, left - 1)
      end
    end
    go(1, k)
  end)
end
local function partitions(n)
  return coroutine.wrap(function()
    local parts = {}
    local function go(left, largest, depth)
      if left == 0 then coroutine.yield(table.concat(parts, "+", 1, depth)) return end
      for p = math.min(left, largest), 1, -1 do
        parts[depth + 1] = p
        go(left - p, p, depth + 1)
      end
    end
    go(n, n, 0)
  end)
end
local function product(...)
  local lists = {...}
  return coroutine.wrap(function()
    local row = {}
    local function go(i)
      if i > #lists then coroutine.yield(table.unpack(row, 1, #lists)) return end
      for _, v in ipairs(lists[i]) do row[i] = v go(i + 1) end
    end
    go(1)
  end)
end
local function gather(g, sep, limit)
  local out = {}
  for v in g do
    out[#out + 1] = type(v) == "table" and table.concat(v) or tostring(v)
    if #out == limit then break end
  end
  return table.concat(out, sep or " "), #out
end
print(gather(permutations {"a", "b", "c"}))
local n, seen = 0, {}
for p in permutations {1, 2, 3, 4, 5} do n = n + 1 seen[table.concat(p)] = true end
local distinct = 0
for _ in pairs(seen) do distinct = distinct + 1 end
print(n, distinct)
print(gather(combinations({"a", "b", "c", "d", "e"}, 3)))
print(gather(combinations({"a", "b"}, 0)), gather(combinations({"a"}, 2)))
print(gather(partitions(6), "  "))
for x, y, z in product({1, 2}, {"a", "b"}, {true, false}) do io.write(x, y, tostring(z):sub(1, 1), " ") end
print()
print(select(2, gather(product())), select(2, gather(product({1, 2, 3}, {}))))

-- Recursive generators delegating to each other; trees compared by their fringes.
local function leaves(t)
  return coroutine.wrap(function()
    local function go(x)
      if type(x) ~= "table" then coroutine.yield(x) else for _, c in ipairs(x) do go(c) end end
    end
    go(t)
  end)
end
local function same_fringe(a, b)
  local x, y = leaves(a), leaves(b)
  repeat
    local u, v = x(), y()
    if u ~= v then return false, u, v end
  until u == nil
  return true
end
print(same_fringe({1, {2, 3}, {{4}}}, {{1, 2}, {3, {4}}}), same_fringe({1, {2}}, {1, 3}), same_fringe({1, 2}, {1}))

-- All sentences of a grammar up to a depth.
local grammar = {
  S = {{"NP", "VP"}}, NP = {{"the", "N"}, {"a", "N"}}, VP = {{"V"}, {"V", "NP"}}, N = {{"cat"}, {"dog"}}, V = {{"sees"}, {"runs"}},
}
local function derive(symbol)
  return coroutine.wrap(function()
    if not grammar[symbol] then coroutine.yield(symbol) return end
    for _, rule in ipairs(grammar[symbol]) do
      local function go(i, text)
        if i > #rule then coroutine.yield(text) return end
        for part in derive(rule[i]) do go(i + 1, text == "" and part or text .. " " .. part) end
      end
      go(1, "")
    end
  end)
end
local count, sample = 0, {}
for s in derive "S" do
  count = count + 1
  if count % 9 == 1 then sample[#sample + 1] = s end
end
print(count, table.concat(sample, " / "))

-- Infinite series, sliced by the consumer.
local function series(f) return coroutine.wrap(function() local k = 0 while true do coroutine.yield(f(k)) k = k + 1 end end) end
print(gather(series(function(k) return k * (k + 1) // 2 end), " ", 12))
local function look_and_say(s)
  return coroutine.wrap(function()
    while true do
      coroutine.yield(s)
      local out, i = {}, 1
      while i <= #s do
        local run = s:match("^" .. s:sub(i, i) .. "+", i)
        out[#out + 1] = #run .. s:sub(i, i)
        i = i + #run
      end
      s = table.concat(out)
    end
  end)
end
print(gather(look_and_say "1", " ", 8))
local function pi_digits()
  return coroutine.wrap(function()
    local q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    while true do
      if 4 * q + r - t < m * t then
        coroutine.yield(m)
        q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
      else
        q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
      end
    end
  end)
end
print(gather(pi_digits(), "", 5))

-- Hanoi, Gray code walks and Josephus as generators with several yielded values.
local function hanoi(k, a, b, c)
  if k > 0 then
    hanoi(k - 1, a, c, b)
    coroutine.yield(a, b)
    hanoi(k - 1, c, b, a)
  end
end
local moves = {}
for from, to in coroutine.wrap(function() hanoi(4, "A", "C", "B") end) do moves[#moves + 1] = from .. to end
print(#moves, table.concat(moves, " "))
local function josephus(m, step)
  return coroutine.wrap(function()
    local ring, at = {}, 0
    for i = 1, m do ring[i] = i end
    while #ring > 0 do
      at = (at + step - 1) % #ring
      coroutine.yield(table.remove(ring, at + 1), #ring)
    end
  end)
end
for who, left in josephus(10, 3) do io.write(who, left == 0 and "!" or " ") end
print()
-- An abandoned generator is simply garbage; an exhausted one raises an error.
local g = combinations({1, 2}, 1)
g() g() g()
print(pcall(g))

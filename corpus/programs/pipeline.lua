-- Coroutine pipelines: producers, filters, consumers, merging, batching, zipping, pull and push styles.
local function produce(f) return coroutine.wrap(f) end
local function range(a, b, s) return produce(function() for i = a, b, s or 1 do coroutine.yield(i) end end) end
local function map(f, src) return produce(function() for v in src do coroutine.yield(f(v)) end end) end
local function filter(p, src) return produce(function() for v in src do if p(v) then coroutine.yield(v) end end end) end
local function take(n, src) return produce(function() for _ = 1, n do local v = src() if v == nil then return end coroutine.yield(v) end end) end
local function chain(...)
  local list = {...}
  return produce(function() for _, s in ipairs(list) do for v in s do coroutine.yield(v) end end end)
end
local function zip(a, b)
  return produce(function()
    while true do
      local x, y = a(), b()
      if x == nil or y == nil then return end
      coroutine.yield(x, y)
    end
  end)
end
local function batch(n, src)
  return produce(function()
    local t = {}
    for v in src do
      t[#t + 1] = v
      if #t == n then coroutine.yield(t) t = {} end
    end
    if #t > 0 then coroutine.yield(t) end
  end)
end
local function merge(a, b)
  return produce(function()
    local x, y = a(), b()
    while x or y do
      if not y or x and x <= y then coroutine.yield(x) x = a() else coroutine.yield(y) y = b() end
    end
  end)
end
local function collect(src) local t = {} for v in src do t[#t + 1] = tostring(v) end return table.concat(t, " ") end
local function odd(n) return n % 2 == 1 end
local function square(n) return n * n end

print(collect(take(6, map(square, filter(odd, range(1, math.huge))))))
print(collect(chain(range(1, 3), range(10, 8, -1), take(0, range(1, 9)), range(5, 4))))
print(collect(merge(map(square, range(1, 6)), range(2, 30, 5))))
for a, b in zip(range(1, 3), map(function(n) return ("v"):rep(n) end, range(1, 9))) do io.write(a, b, " ") end
print()
for t in batch(4, range(1, 10)) do io.write("[", table.concat(t, ","), "] ") end
print()

-- A sieve as a growing chain of filters.
local function sieve()
  return produce(function()
    local src = range(2, math.huge)
    while true do
      local p = src()
      coroutine.yield(p)
      local before = src
      src = filter(function(n) return n % p ~= 0 end, before)
    end
  end)
end
print(collect(take(25, sieve())))

-- Hamming numbers by self-merging streams.
local function hamming()
  local out, i2, i3, i5 = {1}, 1, 1, 1
  return produce(function()
    while true do
      coroutine.yield(out[#out])
      local a, b, c = out[i2] * 2, out[i3] * 3, out[i5] * 5
      local m = math.min(a, b, c)
      if a == m then i2 = i2 + 1 end
      if b == m then i3 = i3 + 1 end
      if c == m then i5 = i5 + 1 end
      out[#out + 1] = m
    end
  end)
end
print(collect(take(30, hamming())))

-- Push style: stages are coroutines waiting for values; nil means the end.
local function stage(f)
  return function(target)
    local co = coroutine.create(f)
    assert(coroutine.resume(co, target))
    return function(v) local ok, e = coroutine.resume(co, v) if not ok then error(e, 0) end end
  end
end
local split = stage(function(target)
  local text = ""
  while true do
    local chunk = coroutine.yield()
    text = text .. (chunk or "\n")
    text = text:gsub("([^\n]*)\n", function(line) if line ~= "" then target(line) end return "" end)
    if not chunk then break end
  end
  target(nil)
end)
local number = stage(function(target)
  local n = 0
  for line in coroutine.yield do
    n = n + 1
    target(n .. ": " .. line)
  end
  target(nil)
end)
local upper = stage(function(target) for s in coroutine.yield do target(s:upper()) end target(nil) end)
local lines = {}
local push = split(number(upper(function(s) lines[#lines + 1] = s or "<end>" end)))
for _, piece in ipairs {"fir", "st li", "ne\nsecond", "\n\nthi", "rd"} do push(piece) end
push(nil)
print(table.concat(lines, " | "))
print(pcall(push, "more"))

-- Bounded buffer between producer and consumer, with a trace of the switches.
local trace, buffer, LIMIT = {}, {}, 2
local producer = coroutine.create(function()
  for i = 1, 5 do
    while #buffer >= LIMIT do trace[#trace + 1] = "full" coroutine.yield() end
    buffer[#buffer + 1] = i
    trace[#trace + 1] = "p" .. i
  end
end)
local consumer = coroutine.create(function()
  for _ = 1, 5 do
    while #buffer == 0 do trace[#trace + 1] = "empty" coroutine.yield() end
    trace[#trace + 1] = "c" .. table.remove(buffer, 1)
  end
end)
while coroutine.status(consumer) ~= "dead" do
  coroutine.resume(consumer)
  coroutine.resume(producer)
end
print(table.concat(trace, " "), coroutine.status(producer))

-- Values in both directions: a running average and an accumulator.
local average = coroutine.wrap(function(v)
  local sum, n = 0, 0
  while true do
    sum, n = sum + v, n + 1
    v = coroutine.yield(sum / n)
  end
end)
print(average(10), average(20), average(60))
local acc = coroutine.wrap(function(...)
  local all = {}
  local got = table.pack(...)
  while got.n > 0 do
    for i = 1, got.n do all[#all + 1] = tostring(got[i]) end
    got = table.pack(coroutine.yield(table.unpack(got, 1, got.n)))
  end
  return table.concat(all, ",")
end)
print(acc(1, nil, 3)) print(acc("x")) print(acc())
print(pcall(acc))

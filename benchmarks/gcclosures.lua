-- garbage of other kinds than tables: closures with upvalues, iterators, coroutines, varargs
local N = tonumber((...)) or 300
local function adder(n) return function(x) return x + n end end
local function point(x, y)
  local self = {}
  function self.x() return x end
  function self.y() return y end
  function self.move(dx, dy) x = x + dx; y = y + dy; return self end
  return self
end
local function range(n) local i = 0 return function() i = i + 1 if i <= n then return i end end end
local function map(f, iterator) return function() local v = iterator() if v then return f(v) end end end
local function promise(f)
  local done, value, waiting = false, nil, {}
  local p = {}
  function p.chain(g)
    if done then g(value) else waiting[#waiting + 1] = g end
    return p
  end
  f(function(v)
    done, value = true, v
    for i = 1, #waiting do waiting[i](v) end
  end)
  return p
end
local sum = 0
for r = 1, N do
  for i = 1, 3000 do sum = sum + adder(i)(r) end
  for i = 1, 800 do
    local p = point(i, r).move(1, 2)
    sum = sum + p.x() - p.y()
  end
  for i = 1, 100 do for v in map(adder(1), range(10)) do sum = sum + v end end
  local resolvers = {}
  for i = 1, 300 do
    promise(function(resolve) resolvers[i] = resolve end)
      .chain(function(v) sum = sum + v end)
      .chain(function(v) sum = sum - v // 2 end)
  end
  for i = 1, 300 do resolvers[i](i) end
  for i = 1, 150 do
    local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1); return a + b end)
    sum = sum + co(i) + (co(2) or 0)
  end
  local list
  for i = 1, 500 do local tail = list; list = function() return i, tail end end
  while list do local i, tail = list(); sum = sum + i; list = tail end
end
print(sum)

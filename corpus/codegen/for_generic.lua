-- TFORPREP, TFORCALL, TFORLOOP: iterators of every shape and number of variables.
local function range(n)
  local function step(max, i)
    if i < max then return i + 1, i * i, "v" .. i, nil, "fifth" end
  end
  return step, n, 0
end
for a in range(3) do io.write(a, " ") end
for a, b in range(3) do io.write(a, ",", b, " ") end
for a, b, c in range(3) do io.write(a, ",", b, ",", c, " ") end
for a, b, c, d, e, f in range(2) do io.write(a, tostring(d), e, tostring(f), " ") end
print()

-- Closures, coroutines, callable tables.
local function countdown(n) return function() if n > 0 then n = n - 1 return n end end end
for v in countdown(4) do io.write(v, " ") end
for v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * 100) end end) do io.write(v, " ") end
local callable = setmetatable({}, {__call = function(self, s, c) c = (c or 0) + s if c <= 9 then return c end end})
for v in callable, 3 do io.write(v, " ") end
print()

-- ipairs stops at the first hole and honours __index; next; __pairs.
for i, v in ipairs({10, 20, nil, 40}) do io.write(i, "=", v, " ") end
local proxy = setmetatable({}, {__index = function(_, k) if k <= 3 then return k * 7 end end})
for i, v in ipairs(proxy) do io.write(i, "=", v, " ") end
for k, v in next, {"only"} do io.write(k, v, " ") end
local paired = setmetatable({}, {__pairs = function(t) return function(_, k) if not k then return 1, "pairs!" end end, t, nil end})
for k, v in pairs(paired) do io.write(k, v, " ") end
print()

-- Explist of one call, of several values, too many and too few.
for k, v in (function() return next, {x = "y"}, nil end)() do io.write(k, v, " ") end
for k in next, {z = 1}, nil, nil do io.write(k, " ") end
print(pcall(function() for k in nil do end end))
print(pcall(function() for k in 5, 6 do end end))
print(pcall(function() local t = {} for k in t do end end))

-- Assigning to the control variable does not disturb the iteration.
local keys = {}
for i, v in ipairs {"a", "b", "c"} do
  keys[#keys + 1] = i .. v
  i = 100
  v = nil
end
print(table.concat(keys, " "))

-- Removing entries during traversal; nesting; break; return.
local t = {}
for i = 1, 20 do t["k" .. i] = i end
for k in pairs(t) do t[k] = nil end
print(next(t))
local function find(tt, x)
  for i, row in ipairs(tt) do
    for j, v in ipairs(row) do
      if v == x then return i, j end
    end
  end
end
print(find({{1, 2, 3}, {4, 5, 6}}, 5))
for w, sep in ("one two  three"):gmatch("(%a+)(%s*)") do io.write(w, "[", #sep, "] ") end
print()
for _ in pairs({}) do print "never" end

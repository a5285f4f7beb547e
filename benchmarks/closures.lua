-- closures: counters that share upvalues, currying, composition, numerals as functions
local N = tonumber((...)) or 250
local function counter()
  local n = 0
  return function() n = n + 1; return n end, function(by) n = n - by end, function() return n end
end
local function curry(f) return function(a) return function(b) return function(c) return f(a, b, c) end end end end
local function compose(f, g) return function(x) return f(g(x)) end end
local function zero() return function(x) return x end end
local function succ(n) return function(f) return function(x) return f(n(f)(x)) end end end
local function add(m, n) return function(f) return function(x) return m(f)(n(f)(x)) end end end
local function mul(m, n) return function(f) return m(n(f)) end end
local function church(k) local n = zero; for _ = 1, k do n = succ(n) end return n end
local function to_int(n) return n(function(x) return x + 1 end)(0) end
local sum = 0
for r = 1, N do
  local up, down, get = counter()
  for i = 1, 15000 do
    sum = sum + up()
    if i % 3 == 0 then down(2) end
  end
  sum = sum + get()
  local mac = curry(function(a, b, c) return a * b + c end)
  local half = mac(r)
  for i = 1, 5000 do sum = sum + half(i)(1) end
  local f = function(x) return x + 1 end
  for _ = 1, 200 do f = compose(f, function(x) return x + r end) end
  for i = 1, 20 do sum = sum + f(i) end
  sum = sum + to_int(mul(church(12), add(church(20), church(7))))
  -- each iteration has variables of its own
  local fns = {}
  for i = 1, 4000 do local j = i * 2; fns[i] = function() j = j + i; return j end end
  for i = 1, 4000 do sum = sum + fns[i]() + fns[i]() end
end
print(string.format("%d", sum))

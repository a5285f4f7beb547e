-- Surplus expressions: calls and varargs whose results nobody wants.
local calls = 0
local function f(...) calls = calls + 1 return ... end
local function test(...)
  local a = 1, ...
  local b, c = 1, 2, ...
  local d = f(7), ...
  local e = ..., ...
  local g, h = f(1, 2), f(3, 4), ...
  local i = 0, f(...)
  local j, k = 0, 1, f(...), f(...)
  print(a, b, c, d, e, g, h, i, j, k)
  a = 10, ...
  b, c = 20, 30, ...
  d = f(...), f(...)
  print(a, b, c, d)
  local t = {}
  t.x = 1, ...
  t.y, t.z = 1, f(2, 3), ...
  t[...], up = 5, 6, f(), ...
  print(t.x, t.y, t.z, t[...], up)
  for v = 1, 3 do a = a + v end
  for _, v in next, {1, 2}, nil, nil, f(3) do b = b + v end
  for v in (function() if c then local r = c c = nil return r end end), nil, nil, nil, ... do d = v end
  print(a, b, c, d)
end
test("p", "q")
print(calls)
print(pcall(test))
test(1)
print(calls)

-- Surplus values are still evaluated, in order, errors included.
local order = {}
local function o(x) order[#order + 1] = x return x end
local x, y = o(1), o(2), o(3), (o(4)), -o(5), o(6) .. "", o(7) and o(8), {o(9)}, o(10) < 11
print(x, y, table.concat(order, " "))
print(pcall(function() local v = 1, error("surplus", 0) return v end))
print(pcall(function() local v = 1, nil + 1 return v end))
-- A surplus comparison or variable leaves no instruction but may be a global with a metamethod.
setmetatable(_ENV, {__index = function(_, k) order[#order + 1] = k end})
local z = 1, some_global, order.nothing
setmetatable(_ENV, nil)
print(z, order[#order])

-- Functions whose registers are worth attacking, and functions that would do it. A mutation that
-- redirects a captured variable turns one into the other's victim.
local handler = object
local function numeric(f, ...)
  local sum = 0
  for i = 1, 4 do
    local step = i * 2
    f(function(v) step = v end)
    sum = sum + step
    for j = 1.0, 2.0, 0.5 do sum = sum + j; handler(function(v) j = v end) end
  end
  return sum, ...
end
local function list(f)
  local held
  f(function(v) held = v end)
  return { f(1), held, { f(), f() }, f(2), n = held, f(3) }
end
local function method(f)
  local name, object = "x", f
  f(function(v) name, object = v, v end)
  object:x(f(name), name)
  return object:x(name, f())
end
local function joined(f)
  local a, b = "a", 2
  f(function(v) a, b = v, v end)
  local s = a .. f(1) .. b .. f(2)
  return (s .. a):gsub("%w", function(c) a = nil; f(c) return b end)
end
local function closing(f)
  local first <close> = f(1)
  local up = {}
  do
    local second <close> = f(function(v) up = v end)
    local third <close> = nil
    f(up, second)
    if f() then return f(first) end
  end
  for k, v in f, first, nil, object do
    local inner <close> = f(k)
    f(function() return k, v, inner end)
    if v then break end
  end
  return up
end
local function sorted(f)
  local t = { 3, 1, 2, f(4) }
  local x = t
  table.sort(t, function(a, b) x = nil; f(a, b); return tostring(a) < tostring(b) end)
  return x
end
return numeric, list, method, joined, closing, sorted, numeric(handler, ...), list(handler), method(handler),
  joined(handler), closing(handler), sorted(handler)

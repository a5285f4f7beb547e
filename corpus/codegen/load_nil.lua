-- LOADNIL: adjacent declarations merge, jump targets and gaps do not.
local a
local b
local c, d, e
print(a, b, c, d, e)

local function merged()
  local p, q
  local r
  local s, t, u
  return p, q, r, s, t, u, "end"
end
print(merged())

local function split_by_value()
  local p
  local v = 1
  local q
  local w, x = 2
  local y
  return p, v, q, w, x, y, "end"
end
print(split_by_value())

local function split_by_label(n)
  local p
  ::again::
  local q
  if n > 0 then
    n = n - 1
    goto again
  end
  local r
  return p, q, r, n
end
print(split_by_label(2))

-- Assignment of nil to existing locals: may join downwards.
local function assign()
  local x, y, z = 1, 2, 3
  y = nil
  x = nil
  z = nil
  return x, y, z
end
print(assign())

local function assign_apart()
  local x, y, z = 1, 2, 3
  z = nil
  x = nil
  return x, y, z
end
print(assign_apart())

local function arguments(...) return select("#", ...) end
print(arguments(nil), arguments(nil, nil), arguments(nil, nil, nil, nil), arguments((nil)))

local function leftover()
  local m, n, o = "only"
  local i, j <const> = nil, nil
  return m, n, o, i, j
end
print(leftover())

-- A stale register must be cleared on each pass.
for i = 1, 3 do
  local fresh
  io.write(tostring(fresh), " ")
  fresh = i
end
print()

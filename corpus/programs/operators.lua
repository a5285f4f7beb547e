-- Overloaded vectors, sets, polynomials, intervals and units; all binary operators and both operand orders.
local Vec = {}
Vec.__index = Vec
local function V(...) return setmetatable({...}, Vec) end
local function zip(a, b, f)
  local r = V()
  for i = 1, math.max(type(a) == "table" and #a or 0, type(b) == "table" and #b or 0) do
    r[i] = f(type(a) == "table" and a[i] or a, type(b) == "table" and b[i] or b)
  end
  return r
end
function Vec.__add(a, b) return zip(a, b, function(x, y) return x + y end) end
function Vec.__sub(a, b) return zip(a, b, function(x, y) return x - y end) end
function Vec.__mul(a, b)
  if type(a) == "table" and type(b) == "table" then
    local s = 0
    for i = 1, #a do s = s + a[i] * b[i] end
    return s
  end
  return zip(a, b, function(x, y) return x * y end)
end
function Vec.__div(a, b) return zip(a, b, function(x, y) return x / y end) end
function Vec.__idiv(a, b) return zip(a, b, function(x, y) return x // y end) end
function Vec.__mod(a, b) return zip(a, b, function(x, y) return x % y end) end
function Vec.__pow(a, b) return V(a[2] * b[3] - a[3] * b[2], a[3] * b[1] - a[1] * b[3], a[1] * b[2] - a[2] * b[1]) end
function Vec.__unm(a) return -1 * a end
function Vec.__eq(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do if a[i] ~= b[i] then return false end end
  return true
end
function Vec.__lt(a, b) return a * a < b * b end
function Vec.__le(a, b) return a * a <= b * b end
function Vec.__concat(a, b)
  local r = V(table.unpack(type(a) == "table" and a or {a}))
  for _, x in ipairs(type(b) == "table" and b or {b}) do r[#r + 1] = x end
  return r
end
function Vec.__call(a, i, j) return V(table.unpack(a, i, j)) end
function Vec.__tostring(a) return "(" .. table.concat(a, ",") .. ")" end
local a, b = V(1, 2, 3), V(4, 5, 6)
print(a + b, a - b, a * b, a * 2, 2 * a, a / 2, 7 // a, b % 4, a ^ b, -a, 10 - a, a + 0.5)
print(a == V(1, 2, 3), a ~= b, a < b, a >= b, a <= V(3, 2, 1), a .. b, 0 .. a, a .. 9 .. b, a(2), a(1, 2))
print(a * b + 1 == 33, (a + b) * (a - b), #(a .. a .. a), a == {1, 2, 3}, rawequal(a, a))

local Set = {}
Set.__index = Set
local function S(...) local s = setmetatable({}, Set) for _, v in ipairs {...} do s[v] = true end return s end
function Set.__bor(x, y) local r = S() for k in pairs(x) do r[k] = true end for k in pairs(y) do r[k] = true end return r end
function Set.__band(x, y) local r = S() for k in pairs(x) do if y[k] then r[k] = true end end return r end
function Set.__bxor(x, y) return (x | y) - (x & y) end
function Set.__sub(x, y) local r = S() for k in pairs(x) do if not y[k] then r[k] = true end end return r end
function Set.__shl(x, v) local r = x | S() r[v] = true return r end
function Set.__shr(x, v) local r = x | S() r[v] = nil return r end
function Set.__len(x) local n = 0 for _ in pairs(x) do n = n + 1 end return n end
function Set.__le(x, y) for k in pairs(x) do if not y[k] then return false end end return true end
function Set.__lt(x, y) return x <= y and not (y <= x) end
function Set.__eq(x, y) return x <= y and y <= x end
function Set.__bnot(x) local r = S() for i = 1, 8 do if not x[i] then r[i] = true end end return r end
function Set.__tostring(x)
  local t = {}
  for k in pairs(x) do t[#t + 1] = k end
  table.sort(t)
  return "{" .. table.concat(t, " ") .. "}"
end
local s, t = S(1, 2, 3), S(3, 4)
print(s | t, s & t, s ~ t, s - t, s << 9, s >> 1, ~s, #s, #(s | t), S(1) < s, s <= s, s < s, s == S(3, 2, 1), t >= S(4), s > t)

local Poly = {}
Poly.__index = function(p, k) return Poly[k] or (type(k) == "number" and 0 or nil) end
local function P(...) return setmetatable({...}, Poly) end -- lowest power first
local function degree(p) local n = rawlen(p) while n > 0 and p[n] == 0 do n = n - 1 end return n end
function Poly.__add(x, y) local r = P() for i = 1, math.max(rawlen(x), rawlen(y)) do r[i] = x[i] + y[i] end return r end
function Poly.__mul(x, y)
  if type(x) == "number" then x = P(x) end
  if type(y) == "number" then y = P(y) end
  local r = P()
  for i = 1, rawlen(x) + rawlen(y) - 1 do r[i] = 0 end
  for i = 1, rawlen(x) do for j = 1, rawlen(y) do r[i + j - 1] = r[i + j - 1] + x[i] * y[j] end end
  return r
end
function Poly.__unm(x) return -1 * x end
function Poly.__sub(x, y) return x + -y end
function Poly.__pow(x, n) local r = P(1) for _ = 1, n do r = r * x end return r end
function Poly.__call(p, x) local v = 0 for i = rawlen(p), 1, -1 do v = v * x + p[i] end return v end
local function divmod(x, y)
  local q, r, dy = P(), P(table.unpack(x)), degree(y)
  for i = degree(r) - dy, 0, -1 do
    local f = r[i + dy] // y[dy]
    q[i + 1] = f
    for j = 1, dy do r[i + j] = r[i + j] - f * y[j] end
  end
  return q, r
end
function Poly.__idiv(x, y) return (divmod(x, y)) end
function Poly.__mod(x, y) return select(2, divmod(x, y)) end
function Poly.__tostring(p)
  local parts = {}
  for i = degree(p), 1, -1 do
    local c = p[i]
    if c ~= 0 then
      local mag = (math.abs(c) == 1 and i > 1) and "" or tostring(math.abs(c))
      local x = i == 1 and "" or i == 2 and "x" or "x^" .. i - 1
      parts[#parts + 1] = (#parts == 0 and (c < 0 and "-" or "") or (c < 0 and " - " or " + ")) .. mag .. x
    end
  end
  return #parts == 0 and "0" or table.concat(parts)
end
local x = P(0, 1)
local p = (x - P(1)) * (x + P(2)) ^ 2
print(p, p // (x - P(1)), p % (x - P(1)), p % (x - P(3)), p(3), p(1), -p, p - p, 3 * x ^ 4 - P(5))

-- Units carried through arithmetic; mismatches are errors.
local Unit = {}
Unit.__index = Unit
local function U(v, m, sec) return setmetatable({v = v, m = m or 0, s = sec or 0}, Unit) end
local function lift(q) return type(q) == "number" and U(q) or q end
local function same(q, r, op)
  q, r = lift(q), lift(r)
  if q.m ~= r.m or q.s ~= r.s then error("cannot " .. op .. " " .. tostring(q) .. " and " .. tostring(r), 3) end
  return q, r
end
function Unit.__add(q, r) q, r = same(q, r, "add") return U(q.v + r.v, q.m, q.s) end
function Unit.__lt(q, r) q, r = same(q, r, "compare") return q.v < r.v end
function Unit.__mul(q, r) q, r = lift(q), lift(r) return U(q.v * r.v, q.m + r.m, q.s + r.s) end
function Unit.__div(q, r) q, r = lift(q), lift(r) return U(q.v / r.v, q.m - r.m, q.s - r.s) end
function Unit.__pow(q, n) return U(q.v ^ n, q.m * n, q.s * n) end
function Unit.__tostring(q)
  local function part(n, k) return k == 0 and "" or n .. (k ~= 1 and "^" .. k or "") end
  return ("%g%s%s"):format(q.v, part("m", q.m), part("s", q.s))
end
local m, sec = U(1, 1), U(1, 0, 1)
print(5 * m / (2 * sec), (3 * m) ^ 2 + 4 * m * m, 10 * m / sec / sec, 2 * m < 3 * m, 7 * sec / sec)
print(pcall(function() return 1 * m + 1 * sec end))
print(pcall(function() return m < 5 end))

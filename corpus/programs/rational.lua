-- Exact fractions with operator overloading, continued fractions, Egyptian fractions, Bernoulli numbers.
local Q = {}
Q.__index = Q
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a < 0 and -a or a end
local function q(n, d)
  d = d or 1
  if math.type(n) ~= "integer" or math.type(d) ~= "integer" then error("integers expected", 2) end
  if d == 0 then error("zero denominator", 2) end
  if d < 0 then n, d = -n, -d end
  local g = gcd(n, d)
  return setmetatable({n = n // g, d = d // g}, Q)
end
local function lift(v) return type(v) == "number" and q(v) or v end
function Q.__add(a, b) a, b = lift(a), lift(b) return q(a.n * b.d + b.n * a.d, a.d * b.d) end
function Q.__sub(a, b) a, b = lift(a), lift(b) return q(a.n * b.d - b.n * a.d, a.d * b.d) end
function Q.__mul(a, b) a, b = lift(a), lift(b) return q(a.n * b.n, a.d * b.d) end
function Q.__div(a, b) a, b = lift(a), lift(b) return q(a.n * b.d, a.d * b.n) end
function Q.__idiv(a, b) local r = lift(a) / lift(b) return r.n // r.d end
function Q.__mod(a, b) return a - lift(b) * (a // b) end
function Q.__pow(a, e)
  if e < 0 then return q(a.d, a.n) ^ -e end
  local r = q(1)
  for _ = 1, e do r = r * a end
  return r
end
function Q.__unm(a) return q(-a.n, a.d) end
function Q.__eq(a, b) return a.n == b.n and a.d == b.d end
function Q.__lt(a, b) a, b = lift(a), lift(b) return a.n * b.d < b.n * a.d end
function Q.__le(a, b) a, b = lift(a), lift(b) return a.n * b.d <= b.n * a.d end
function Q.__tostring(a) return a.d == 1 and tostring(a.n) or a.n .. "/" .. a.d end
function Q.__concat(a, b) return tostring(a) .. tostring(b) end
function Q.__call(a, digits) return ("%." .. digits .. "f"):format(a.n / a.d) end

local h, t = q(1, 2), q(1, 3)
print(h + t .. " " .. h - t .. " " .. h * t .. " " .. h / t .. " " .. h // t .. " " .. h % t, -h, h ^ 3, h ^ -2)
print(1 + h, h + 1, 2 * t, 1 - t, 1 / t, h == q(2, 4), h ~= t, h < 1, 1 <= h, t <= h, h(3), q(6, -4))
print(q(7, 2) // 1, q(-7, 2) // 1, q(-7, 2) % 2, 5 // q(3, 2), q(0, 5) == q(0))
print(pcall(q, 1, 0))
print(pcall(q, 1.5))
print(pcall(function() return h / 0 end))

local function continued(x)
  local out = {}
  while true do
    local a = x // 1
    out[#out + 1] = a
    x = x - a
    if x.n == 0 then return out end
    x = 1 / x
  end
end
local function evaluate(list)
  local r = q(list[#list])
  for i = #list - 1, 1, -1 do r = list[i] + 1 / r end
  return r
end
for _, x in ipairs {q(415, 93), q(355, 113), q(-17, 5), q(3)} do
  local c = continued(x)
  print(x, "[" .. table.concat(c, ", ") .. "]", evaluate(c) == x)
end
-- Convergents of e from its regular pattern.
local pattern = {2}
for k = 1, 5 do table.move({1, 2 * k, 1}, 1, 3, #pattern + 1, pattern) end
for n = 1, #pattern, 3 do
  local c = evaluate(table.move(pattern, 1, n, 1, {}))
  io.write(tostring(c), "=", c(7), " ")
end
print()

local function egyptian(x)
  local parts = {}
  while x > 0 do
    local d = -((-x.d) // x.n)
    parts[#parts + 1] = "1/" .. d
    x = x - q(1, d)
  end
  return table.concat(parts, " + ")
end
for _, x in ipairs {q(2, 3), q(4, 13), q(7, 15), q(5, 6), q(3, 7)} do print(x, egyptian(x)) end

-- Harmonic and Bernoulli numbers, binomials by exact division.
local s = q(0)
for n = 1, 20 do s = s + q(1, n) end
print("H20", s)
local function binomial(n, k)
  local r = 1
  for i = 1, k do r = r * (n - k + i) // i end
  return r
end
local B = {[0] = q(1)}
for m = 1, 14 do
  local sum = q(0)
  for k = 0, m - 1 do sum = sum + binomial(m + 1, k) * B[k] end
  B[m] = -sum / (m + 1)
end
for m = 0, 14 do if B[m].n ~= 0 then io.write("B", m, "=", tostring(B[m]), " ") end end
print()
-- Stern-Brocot path to a fraction and mediants of a Farey sequence.
local function path(x)
  local lo_n, lo_d, hi_n, hi_d, out = 0, 1, 1, 0, {}
  while true do
    local n, d = lo_n + hi_n, lo_d + hi_d
    if n == x.n and d == x.d then return table.concat(out) end
    if q(n, d) < x then lo_n, lo_d = n, d out[#out + 1] = "R" else hi_n, hi_d = n, d out[#out + 1] = "L" end
  end
end
print(path(q(5, 7)), path(q(22, 7)), path(q(1)))
local farey, a, b, c, d = {"0"}, 0, 1, 1, 7
while c <= 7 and #farey < 50 do
  local k = (7 + b) // d
  a, b, c, d = c, d, k * c - a, k * d - b
  farey[#farey + 1] = tostring(q(a, b))
end
print(#farey, table.concat(farey, " "))

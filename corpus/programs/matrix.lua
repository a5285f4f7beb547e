-- Matrices: products, exact elimination over fractions and modular fields, determinants, powers, LU.
local M = {}
M.__index = M
local function new(rows) return setmetatable(rows, M) end
local function make(n, m, f)
  local r = {}
  for i = 1, n do
    r[i] = {}
    for j = 1, m do r[i][j] = f(i, j) end
  end
  return new(r)
end
local function identity(n) return make(n, n, function(i, j) return i == j and 1 or 0 end) end

function M.__mul(a, b)
  if type(a) == "number" then a, b = b, a end
  if type(b) == "number" then return make(#a, #a[1], function(i, j) return a[i][j] * b end) end
  if #a[1] ~= #b then error(("shapes %dx%d and %dx%d do not fit"):format(#a, #a[1], #b, #b[1]), 2) end
  return make(#a, #b[1], function(i, j)
    local s = 0
    for k = 1, #b do s = s + a[i][k] * b[k][j] end
    return s
  end)
end
function M.__add(a, b) return make(#a, #a[1], function(i, j) return a[i][j] + b[i][j] end) end
function M.__sub(a, b) return a + -1 * b end
function M.__unm(a) return -1 * a end
function M.__eq(a, b)
  if #a ~= #b or #a[1] ~= #b[1] then return false end
  for i, row in ipairs(a) do for j, v in ipairs(row) do if v ~= b[i][j] then return false end end end
  return true
end
function M.__pow(a, n)
  local r = identity(#a)
  while n > 0 do
    if n & 1 == 1 then r = r * a end
    a, n = a * a, n >> 1
  end
  return r
end
function M.__tostring(a)
  local lines = {}
  for i, row in ipairs(a) do
    local cells = {}
    for j, v in ipairs(row) do cells[j] = math.type(v) == "float" and ("%.4g"):format(v) or tostring(v) end
    lines[i] = "[" .. table.concat(cells, " ") .. "]"
  end
  return table.concat(lines, " ")
end
function M:transpose() return make(#self[1], #self, function(i, j) return self[j][i] end) end

-- Fraction-free determinant (Bareiss): exact for integers.
function M:det()
  local a = make(#self, #self, function(i, j) return self[i][j] end)
  local n, sign, prev = #a, 1, 1
  for k = 1, n - 1 do
    if a[k][k] == 0 then
      local swap
      for i = k + 1, n do if a[i][k] ~= 0 then swap = i break end end
      if not swap then return 0 end
      a[k], a[swap], sign = a[swap], a[k], -sign
    end
    for i = k + 1, n do
      for j = k + 1, n do
        a[i][j] = (a[i][j] * a[k][k] - a[i][k] * a[k][j]) // prev
      end
    end
    prev = a[k][k]
  end
  return sign * a[n][n]
end

-- Gauss-Jordan with partial pivoting, in floats.
function M:inverse()
  local n = #self
  local a = make(n, 2 * n, function(i, j) return j <= n and self[i][j] + 0.0 or (j - n == i and 1.0 or 0.0) end)
  for k = 1, n do
    local p = k
    for i = k + 1, n do if math.abs(a[i][k]) > math.abs(a[p][k]) then p = i end end
    if math.abs(a[p][k]) < 1e-12 then return nil, "singular" end
    a[k], a[p] = a[p], a[k]
    local d = a[k][k]
    for j = 1, 2 * n do a[k][j] = a[k][j] / d end
    for i = 1, n do
      local f = a[i][k]
      if i ~= k and f ~= 0 then
        for j = 1, 2 * n do a[i][j] = a[i][j] - f * a[k][j] end
      end
    end
  end
  return make(n, n, function(i, j) return a[i][j + n] end)
end

-- Solving over the integers modulo a prime.
local function solve_mod(a, b, p)
  local n, m = #a, {}
  for i = 1, n do m[i] = table.move(a[i], 1, n, 1, {}) m[i][n + 1] = b[i] end
  local function inv(x)
    local r, e = 1, p - 2
    x = x % p
    while e > 0 do
      if e % 2 == 1 then r = r * x % p end
      x, e = x * x % p, e // 2
    end
    return r
  end
  for k = 1, n do
    local piv
    for i = k, n do if m[i][k] % p ~= 0 then piv = i break end end
    if not piv then return nil end
    m[k], m[piv] = m[piv], m[k]
    local f = inv(m[k][k])
    for j = k, n + 1 do m[k][j] = m[k][j] * f % p end
    for i = 1, n do
      if i ~= k then
        local g = m[i][k]
        for j = k, n + 1 do m[i][j] = (m[i][j] - g * m[k][j]) % p end
      end
    end
  end
  local x = {}
  for i = 1, n do x[i] = m[i][n + 1] end
  return x
end

local a, b = new {{1, 2}, {3, 4}}, new {{0, 1}, {1, 0}}
print(a * b, a + b, a - b, -a, 2 * a, a * 0.5)
print(a ^ 0, a ^ 5, a == new {{1, 2}, {3, 4}}, a ~= b, a:transpose())
print(pcall(function() return a * new {{1, 2, 3}} end))
local fib = new {{1, 1}, {1, 0}}
for _, n in ipairs {10, 50, 90} do io.write((fib ^ n)[1][2], " ") end
print((fib ^ 93)[1][2])
for n = 1, 7 do
  local h = make(n, n, function(i, j) return (i * i + 3 * i * j + j * j * j) % 17 - 8 end)
  local t = h:transpose()
  io.write(h:det(), h:det() == t:det() and "= " or "? ")
end
print()
print(new({{1, 2}, {2, 4}}):det(), new({{0, 0}, {0, 5}}):det(), new({{0, 1}, {1, 0}}):det(), new({{7}}):det())
print(new({{4, 7}, {2, 6}}):inverse())
print(new({{1, 2}, {2, 4}}):inverse())
local h = make(4, 4, function(i, j) return i == j and 5 or 1 / (i + j) end)
local e = h * h:inverse() - identity(4)
local worst = 0
for _, row in ipairs(e) do for _, v in ipairs(row) do worst = math.max(worst, math.abs(v)) end end
print(worst < 1e-12)
print(table.concat(solve_mod({{2, 3, 1}, {1, 5, 4}, {3, 1, 2}}, {1, 2, 3}, 101), " "), solve_mod({{1, 1}, {2, 2}}, {1, 2}, 7))
-- A magic square is checked through its products with a vector of ones.
local magic = new {{16, 3, 2, 13}, {5, 10, 11, 8}, {9, 6, 7, 12}, {4, 15, 14, 1}}
local ones = make(4, 1, function() return 1 end)
print((magic * ones):transpose(), (magic:transpose() * ones):transpose(), magic:det())

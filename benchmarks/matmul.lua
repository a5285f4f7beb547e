-- matrices as arrays of rows: product, transposition, elimination, determinant, powers
local N = tonumber((...)) or 19
local function matrix(n, f)
  local m = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = f(i, j) end
    m[i] = row
  end
  return m
end
local function transpose(m) return matrix(#m, function(i, j) return m[j][i] end) end
local function product(a, b)
  local n, bt, c = #a, transpose(b), {}
  for i = 1, n do
    local row, ai = {}, a[i]
    for j = 1, n do
      local s, bj = 0.0, bt[j]
      for k = 1, n do s = s + ai[k] * bj[k] end
      row[j] = s
    end
    c[i] = row
  end
  return c
end
local function determinant(m)
  local n, a, d = #m, matrix(#m, function(i, j) return m[i][j] end), 1.0
  for k = 1, n do
    local p = k
    for i = k + 1, n do if math.abs(a[i][k]) > math.abs(a[p][k]) then p = i end end
    if p ~= k then a[p], a[k] = a[k], a[p]; d = -d end
    local pivot = a[k]
    d = d * pivot[k]
    for i = k + 1, n do
      local row = a[i]
      local f = row[k] / pivot[k]
      for j = k, n do row[j] = row[j] - f * pivot[j] end
    end
  end
  return d
end
local function integer_power(m, e, modulus)
  local n = #m
  local r = matrix(n, function(i, j) return i == j and 1 or 0 end)
  local function times(a, b)
    return matrix(n, function(i, j)
      local s = 0
      for k = 1, n do s = (s + a[i][k] * b[k][j]) % modulus end
      return s
    end)
  end
  while e > 0 do
    if e % 2 == 1 then r = times(r, m) end
    m = times(m, m)
    e = e // 2
  end
  return r
end
local n = N * 10
local a = matrix(n, function(i, j) return ((i * 7 + j * 3) % 11 - 5) / n end)
local b = matrix(n, function(i, j) return i == j and 1.0 or (i - j) / (n * n) end)
local c = a
for _ = 1, 6 do c = product(c, b) end
local trace, d = 0.0, 0.0
for i = 1, n do trace = trace + c[i][i] end
for r = 1, 3 do d = d + determinant(b) end
local sum = 0
for r = 1, N do sum = sum + integer_power({ { 1, 1, 0 }, { 1, 0, 2 }, { 0, 1, r } }, 10 ^ 9 // 1 | 0, 1000003)[1][3] end
print(string.format("%.9f %.9f %d", trace, d, sum))

-- Root finding, quadrature, Runge-Kutta, interpolation; results printed to safe precision.
local function newton(f, df, x, tol)
  for n = 1, 50 do
    local d = df(x)
    if d == 0 then return nil, "flat at step " .. n end
    local nx = x - f(x) / d
    if math.abs(nx - x) <= tol then return nx, n end
    x = nx
  end
  return nil, "no convergence"
end
local function bisect(f, lo, hi, tol)
  local flo = f(lo)
  if flo * f(hi) > 0 then error("no sign change", 2) end
  local n = 0
  while hi - lo > tol do
    local mid = (lo + hi) / 2
    n = n + 1
    if (f(mid) > 0) == (flo > 0) then lo = mid else hi = mid end
  end
  return lo, n
end
local function secant(f, a, b)
  local n = 0
  while math.abs(b - a) > 1e-13 and n < 60 do
    local fa, fb = f(a), f(b)
    if fa == fb then break end
    a, b, n = b, b - fb * (b - a) / (fb - fa), n + 1
  end
  return b, n
end

local f = function(x) return x ^ 3 - 2 * x - 5 end
print(("newton %.10f in %d"):format(newton(f, function(x) return 3 * x ^ 2 - 2 end, 2, 1e-12)))
print(("bisect %.8f in %d"):format(bisect(f, 2, 3, 1e-9)))
print(("secant %.10f"):format((secant(f, 2, 3))))
print(newton(function(x) return x * x + 1 end, function(x) return 2 * x end, 0, 1e-9))
print(newton(function(x) return x * x + 1 end, function(x) return 2 * x end, 0.5, 1e-9))
print(pcall(bisect, f, 5, 6, 1e-9))
for _, n in ipairs {2, 10, 1e10, 0.25, 1e-10} do
  local r = newton(function(x) return x * x - n end, function(x) return 2 * x end, n < 1 and 1 or n, 1e-15 * n ^ 0.5 * 4)
  io.write(("%.12g "):format(r))
end
print()

-- Integer square and cube roots, exact over the full range.
local function isqrt(n)
  if n < 2 then return n end
  local x = math.tointeger(math.floor(n ^ 0.5))
  while x > n // x do x = x - 1 end
  while x + 1 <= n // (x + 1) do x = x + 1 end
  return x
end
print(isqrt(0), isqrt(1), isqrt(24), isqrt(25), isqrt(1 << 62), isqrt((1 << 62) - 1), isqrt(math.maxinteger))

local function simpson(g, a, b, n)
  local h, s = (b - a) / n, g(a) + g(b)
  for k = 1, n - 1 do s = s + g(a + k * h) * (k % 2 == 1 and 4 or 2) end
  return s * h / 3
end
local function romberg(g, a, b, levels)
  local r = {}
  for k = 0, levels do
    local n, h = 1 << k, (b - a) / (1 << k)
    local s = 0.5 * (g(a) + g(b))
    for j = 1, n - 1 do s = s + g(a + j * h) end
    r[k] = {[0] = s * h}
    for m = 1, k do r[k][m] = r[k][m - 1] + (r[k][m - 1] - r[k - 1][m - 1]) / (4 ^ m - 1) end
  end
  return r[levels][levels]
end
local inv = function(x) return 1 / (1 + x * x) end
print(("pi by simpson %.9f, by romberg %.9f"):format(4 * simpson(inv, 0, 1, 100), 4 * romberg(inv, 0, 1, 6)))
print(("%.6f %.6f %.6f"):format(simpson(function(x) return x ^ 3 end, 0, 2, 2), simpson(math.abs, -1, 1, 50), romberg(math.exp, 0, 1, 5)))

local function rk4(g, y, t, h, steps)
  for _ = 1, steps do
    local n = #y
    local function at(k, c)
      local v = {}
      for j = 1, n do v[j] = y[j] + c * k[j] end
      return v
    end
    local k1 = g(t, y)
    local k2 = g(t + h / 2, at(k1, h / 2))
    local k3 = g(t + h / 2, at(k2, h / 2))
    local k4 = g(t + h, at(k3, h))
    local new = {}
    for j = 1, n do new[j] = y[j] + h / 6 * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]) end
    y, t = new, t + h
  end
  return y, t
end
local function oscillator(_, y) return {y[2], -y[1]} end
for _, n in ipairs {10, 20, 40} do
  local y = rk4(oscillator, {1.0, 0.0}, 0, 1 / n, n)
  print(("rk4 %2d steps: %.7f %.7f error %.1e"):format(n, y[1], y[2], math.abs(y[1] - math.cos(1))))
end
local y = rk4(function(_, s)
  return {0.6 * s[1] - 0.025 * s[1] * s[2], 0.02 * s[1] * s[2] - 0.5 * s[2]}
end, {40.0, 9.0}, 0, 0.05, 400)
print(("hares %.4f, lynxes %.4f"):format(y[1], y[2]))

-- Lagrange and Newton interpolation of the same points; natural cubic values at the knots.
local xs, ys = {-2, -1, 0, 1, 3}, {-17, -2, 1, 4, 58}
local function lagrange(x)
  local s = 0
  for a = 1, #xs do
    local t = ys[a]
    for b = 1, #xs do if b ~= a then t = t * (x - xs[b]) / (xs[a] - xs[b]) end end
    s = s + t
  end
  return s
end
local coef = table.move(ys, 1, #ys, 1, {})
for level = 2, #xs do for k = #xs, level, -1 do coef[k] = (coef[k] - coef[k - 1]) / (xs[k] - xs[k - level + 1]) end end
local function divided(x)
  local s = coef[#xs]
  for k = #xs - 1, 1, -1 do s = s * (x - xs[k]) + coef[k] end
  return s
end
print(table.concat(coef, " "))
for _, x in ipairs {-2, 0.5, 2, 4} do io.write(("%g:%.6f=%.6f "):format(x, lagrange(x), divided(x))) end
print()

-- Complex numbers, fast Fourier transform against the slow one, convolution, polynomial products.
local Complex = {}
Complex.__index = Complex
local function C(re, im) return setmetatable({re = re, im = im or 0.0}, Complex) end
local function lift(v) return type(v) == "number" and C(v + 0.0) or v end
function Complex.__add(a, b) a, b = lift(a), lift(b) return C(a.re + b.re, a.im + b.im) end
function Complex.__sub(a, b) a, b = lift(a), lift(b) return C(a.re - b.re, a.im - b.im) end
function Complex.__mul(a, b) a, b = lift(a), lift(b) return C(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re) end
function Complex.__div(a, b)
  a, b = lift(a), lift(b)
  local d = b.re * b.re + b.im * b.im
  return C((a.re * b.re + a.im * b.im) / d, (a.im * b.re - a.re * b.im) / d)
end
function Complex.__unm(a) return C(-a.re, -a.im) end
function Complex.__eq(a, b) return a.re == b.re and a.im == b.im end
function Complex.__pow(a, n)
  local r = C(1.0)
  if n < 0 then return 1 / a ^ -n end
  for _ = 1, n do r = r * a end
  return r
end
function Complex:abs() return (self.re ^ 2 + self.im ^ 2) ^ 0.5 end
-- Rounded so that the last bits of sines and cosines do not show.
local function round(x) local r = math.floor(x * 1e6 + 0.5) / 1e6 return r == 0 and 0.0 or r end
function Complex.__tostring(a)
  local re, im = round(a.re), round(a.im)
  return ("%g%+gi"):format(re, im)
end
local i = C(0.0, 1.0)
print(i * i, (1 + i) * (1 - i), (3 + 4 * i):abs(), 1 / i, (1 + i) ^ 8, (2 * i) ^ -2, -i, i == C(0.0, 1.0), 1 + i == 1)

local function polar(r, t) return C(r * math.cos(t), r * math.sin(t)) end

local function fft(x, sign)
  local n = #x
  if n == 1 then return {x[1]} end
  local even, odd = {}, {}
  for k = 1, n, 2 do even[#even + 1], odd[#odd + 1] = x[k], x[k + 1] end
  even, odd = fft(even, sign), fft(odd, sign)
  local out = {}
  for k = 1, n // 2 do
    local t = polar(1, sign * 2 * math.pi * (k - 1) / n) * odd[k]
    out[k], out[k + n // 2] = even[k] + t, even[k] - t
  end
  return out
end
local function inverse(x)
  local y = fft(x, 1)
  for k, v in ipairs(y) do y[k] = v / #x end
  return y
end
local function dft(x)
  local n, out = #x, {}
  for k = 0, n - 1 do
    local s = C(0.0)
    for j = 0, n - 1 do s = s + x[j + 1] * polar(1, -2 * math.pi * j * k / n) end
    out[k + 1] = s
  end
  return out
end
local function lifted(t) local r = {} for k, v in ipairs(t) do r[k] = lift(v) end return r end
local function show(t) local r = {} for k, v in ipairs(t) do r[k] = tostring(v) end return table.concat(r, " ") end

print(show(fft(lifted {1, 0, 0, 0}, -1)))
print(show(fft(lifted {1, 2, 3, 4}, -1)))
print(show(inverse(fft(lifted {5, -1, 2, 8, 0, 0, 1, 3}, -1))))
local sig = {}
for k = 0, 15 do sig[k + 1] = C(math.sin(2 * math.pi * 3 * k / 16) + 0.5 * math.cos(2 * math.pi * 5 * k / 16)) end
local spectrum = fft(sig, -1)
for k, v in ipairs(spectrum) do if v:abs() > 1e-9 then print("bin", k - 1, v, round(v:abs())) end end
local slow, worst = dft(sig), 0
for k = 1, 16 do worst = math.max(worst, (slow[k] - spectrum[k]):abs()) end
print("fast and slow agree", worst < 1e-12)

local function polymul(a, b)
  local n = 1
  while n < #a + #b - 1 do n = n * 2 end
  local x, y = lifted(a), lifted(b)
  for k = #a + 1, n do x[k] = C(0.0) end
  for k = #b + 1, n do y[k] = C(0.0) end
  x, y = fft(x, -1), fft(y, -1)
  for k = 1, n do x[k] = x[k] * y[k] end
  x = inverse(x)
  local out = {}
  for k = 1, #a + #b - 1 do out[k] = math.floor(x[k].re + 0.5) end
  return out
end
local function naive(a, b)
  local out = {}
  for p = 1, #a + #b - 1 do out[p] = 0 end
  for p, u in ipairs(a) do for q, v in ipairs(b) do out[p + q - 1] = out[p + q - 1] + u * v end end
  return out
end
print(table.concat(polymul({1, 1}, {1, -1}), " "), table.concat(polymul({1, 2, 3}, {4, 5, 6, 7}), " "))
local p, q, seed = {}, {}, 7
for k = 1, 40 do
  seed = seed * 48271 % 2147483647
  p[k], q[k] = seed % 100 - 50, seed // 1000 % 100 - 50
end
print(table.concat(polymul(p, q), ",") == table.concat(naive(p, q), ","))
-- Multiplying decimal digits by convolution, with carries.
local function multiply(a, b)
  local x, y = {}, {}
  for d in a:reverse():gmatch "%d" do x[#x + 1] = tonumber(d) end
  for d in b:reverse():gmatch "%d" do y[#y + 1] = tonumber(d) end
  local r, carry = polymul(x, y), 0
  for k = 1, #r do carry = carry + r[k] r[k] = carry % 10 carry = carry // 10 end
  while carry > 0 do r[#r + 1] = carry % 10 carry = carry // 10 end
  return (table.concat(r):reverse():gsub("^0+(%d)", "%1"))
end
print(multiply("123456789012345678901234567890", "987654321098765432109876543210"), multiply("99999", "99999"), multiply("0", "5"))

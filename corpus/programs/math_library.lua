-- The math library: integers against floats, rounding, conversions, exact identities, limits, errors.
local max, min, huge, pi = math.maxinteger, math.mininteger, math.huge, math.pi
local function ty(...) local t = table.pack(...) for i = 1, t.n do t[i] = tostring(t[i]) .. ":" .. (math.type(t[i]) or type(t[i])):sub(1, 1) end return table.concat(t, " ") end
print(ty(math.floor(3.7), math.floor(-3.7), math.floor(5), math.ceil(3.2), math.ceil(-3.2), math.ceil(5)))
print(ty(math.floor(1e100), math.ceil(-1e100), math.floor(huge), math.floor(2^62), math.floor(2^63), math.ceil(-2^63), math.floor(-0.0), math.ceil(-0.5)))
print(ty(math.abs(-5), math.abs(-5.5), math.abs(min), math.abs(max), math.abs(-0.0), math.abs("-3")))
print(ty(math.max(1, 2.5, -1), math.max(2, 2.0), math.max(2.0, 2), math.min(1, 1.0), math.min(-huge, min), math.max(max, 2^63), math.max(5)))
print(ty(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(-7.5, 2), math.fmod(7, 3.0), math.fmod(min, -1), math.fmod(5, huge), math.fmod(-6, 2)))
print(ty(math.modf(3.7)), ty(math.modf(-3.7)), ty(math.modf(5)), ty(math.modf(huge)), ty(math.modf(-huge)), ty(math.modf(0.25)))
print(ty(math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), math.tointeger("x"), math.tointeger(2^53), math.tointeger(2^63), math.tointeger(-2^63), math.tointeger({}), math.tointeger(huge)))
print(math.type(1), math.type(1.0), math.type("1"), math.type(nil), pcall(math.type))
print(math.ult(1, 2), math.ult(-1, 2), math.ult(2, -1), math.ult(min, max), math.ult(0, 0), pcall(math.ult, 1.5, 2))
print(math.sqrt(16), math.sqrt(2) ^ 2 == 2, math.sqrt(-1) ~= math.sqrt(-1), math.exp(0), math.log(1), math.log(8, 2), math.log(1000, 10), math.log(27, 3), math.log(0), math.log(huge))
print(("%.10f %.10f %.10f"):format(math.exp(1), math.log(10), math.log(2, 7)), math.log(-1) ~= math.log(-1), math.log(1024, 2), math.log(5, 0), math.log(0.5, 2))
print(math.sin(0), math.cos(0), math.tan(0), math.asin(0), math.acos(1), math.atan(0), math.atan(1, 0) == pi / 2, math.atan(-1, 0) == -pi / 2, math.atan(0, -1) == pi, math.atan(-0.0, -1) == -pi)
print(("%.8f %.8f %.8f %.8f"):format(math.sin(1), math.cos(1), math.tan(1), math.atan(1)), ("%.8f"):format(math.atan(3, -4)), math.deg(pi), math.rad(180) == pi, math.deg(1) * pi / 180)
print(max + 1 == min, max, min, huge, -huge, pi, max // 1 | 0, max + 0.0 == 2^63, min + 0.0 == -2^63)

-- Functions that only exist in builds compatible with the previous version.
print(math.pow and math.pow(2, 10), math.cosh and math.cosh(0), math.sinh and math.sinh(0), math.tanh and math.tanh(0), math.log10 and math.log10(1000), math.ldexp and math.ldexp(0.75, 4), math.frexp and table.concat({math.frexp(12)}, " "))

-- Integer and float agreement, exactness at the borders.
local checks = {
  [1] = max // 2 * 2 + 1 == max, [2] = (max + 1.0) - max == 0.0, [3] = 2^53 + 1 == 2^53, [4] = (1 << 53) + 1 ~= 2^53, [5] = min // -1 == min,
  [6] = max * 2 == -2, [7] = 5 // 0.0 == huge, [8] = -5 % huge == huge, [9] = 5 % -huge == -huge, [10] = 0x7fffffffffffffff == max,
  [11] = 1e308 * 10 == huge, [12] = -(0/0) ~= 0/0, [13] = 3 | 0 == 3.0, [14] = 7 // 2.0 == 3, [15] = -7 // 2 == -4, [16] = -7 % 2.5 == 0.5,
}
local wrong = {}
for i = 1, 16 do if not checks[i] then wrong[#wrong + 1] = i end end
print("wrong", #wrong, table.concat(wrong, " "))
for _, v in ipairs {0.5, 1.5, 2.5, -0.5, -1.5, 1e15 + 0.5, 2^52 + 0.5} do
  io.write(("%.1f:%s,%s,%s "):format(v, math.floor(v), math.ceil(v), math.floor(v + 0.5)))
end
print()

-- random: reproducible for a seed, within bounds, types; the values themselves are fixed by the algorithm.
math.randomseed(42)
local a = {}
for i = 1, 5 do a[i] = math.random(100) end
math.randomseed(42)
local same = true
for i = 1, 5 do same = same and a[i] == math.random(100) end
print(same, table.concat(a, " "))
math.randomseed(123, 456)
print(math.random(0), math.random(1 << 40), math.random(-5, 5), ("%.12f"):format(math.random()))
local lo, hi, sum = 1, 0, 0
for _ = 1, 2000 do
  local x = math.random()
  lo, hi, sum = math.min(lo, x), math.max(hi, x), sum + x
  local d = math.random(6)
  assert(d >= 1 and d <= 6 and math.type(d) == "integer")
  local e = math.random(min, max)
  assert(math.type(e) == "integer")
  local z = math.random(3, 3)
  assert(z == 3)
end
print(lo >= 0, hi < 1, math.abs(sum / 2000 - 0.5) < 0.05, math.type(math.random()), math.random(7, 7))
print(pcall(math.random, 0, -1), pcall(math.random, 5, 1), pcall(math.random, 1.5), pcall(math.random, 1, 2, 3), pcall(math.random, -3))
math.randomseed(7.0)
local f1 = math.random(1000)
math.randomseed(7)
print(f1 == math.random(1000), select("#", math.randomseed(1, 2)))

-- Wrong arguments.
for _, n in ipairs {"floor", "ceil", "abs", "sqrt", "fmod", "max", "min", "tointeger", "ult", "sin", "log", "modf"} do
  print(n, select(2, pcall(math[n])), (tostring(select(2, pcall(math[n], {}))):gsub("0x%x+", "ADDRESS")), select(2, pcall(math[n], "a", "b")))
end
print(pcall(math.fmod, 1, 0), pcall(math.fmod, min, 0), math.fmod(1, 0.0) ~= math.fmod(1, 0.0), (pcall(math.fmod, 1.5, 0)))
-- An ill-conditioned sum, compensated.
local naive, s, c = 0.0, 0.0, 0.0
for i = 1, 10000 do
  local v = 0.1
  naive = naive + v
  local y = v - c
  local t = s + y
  c = (t - s) - y
  s = t
end
print(("%.17g %.17g"):format(naive, s), s == 1000, naive == 1000)

-- SHRI and SHLI: shifts by small constants, negated and flipped forms.
local x = 0x0123456789abcdef
local function h(v) return string.format("%x", v) end
print(h(x >> 4), h(x << 4), h(x >> -4), h(x << -4))
print(h(x >> 0), h(x << 0), h(x >> 63), h(x << 63), h(x >> 64), h(x << 64))

-- Range of the immediate: -127..128 for shifts right, negatable for shifts left.
print(h(x >> 127), h(x >> 128), h(x >> 129), h(x >> -127), h(x >> -128))
print(h(x << 127), h(x << 128), h(x << 129), h(x << -127), h(x << -128))

-- A constant shifted by a register.
local n = 5
print(1 << n, 3 << n, -1 << n, 127 << n, 128 << n, 129 << n, -127 << n, -128 << n)
print(1 >> n, 1024 >> n, -1 >> n, 0xffffffffffffffff >> n == -1 >> n)
n = -2
print(1 << n, 4 << n, 8 >> n, -1 << n)
n = 70
print(1 << n, -1 >> n)

-- Floats in registers convert first.
local f = 8.0
print(f << 1, f >> 1, 2 << f, 1 << 3.0, f >> f)
print(pcall(function() local g = 1.5 return g << 1 end))
print(pcall(function() local g = {} return 1 << g end))
print(pcall(function() local g = "1" return g >> 1 end))

-- Float constants are not immediates.
print(n << 2.0, n >> 1.0, 1.0 << f)

-- Byte extraction and assembly.
local function bytes(v)
  return v & 0xff, v >> 8 & 0xff, v >> 16 & 0xff, v >> 24 & 0xff,
    v >> 32 & 0xff, v >> 40 & 0xff, v >> 48 & 0xff, v >> 56
end
local function word(a, b, c, d, e, f1, g, i)
  return a | b << 8 | c << 16 | d << 24 | e << 32 | f1 << 40 | g << 48 | i << 56
end
print(bytes(x))
print(word(bytes(x)) == x, word(bytes(-1)), word(bytes(-2)) == -2)

-- Xorshift generator, all steps immediate.
local state = 88172645463325252
local function rnd()
  state = state ~ state << 13
  state = state ~ state >> 7
  state = state ~ state << 17
  return state
end
for _ = 1, 5 do io.write(h(rnd()), " ") end
print()

-- Signed shift built from logical ones.
local function sar(v, k) return v >> k | ~(-1 >> k) * (v >> 63) end
print(sar(-256, 4), sar(256, 4), sar(-1, 10), sar(math.mininteger, 62))

-- BANDK, BORK, BXORK: integer constants on either side, including flips.
local x = 0xabcdef
print(string.format("%x %x %x", x & 0xff, x | 0xff000000, x ~ 0xffffff))
print(string.format("%x %x %x", 0xff & x, 0xff000000 | x, 0xffffff ~ x))
print(x & 0, x | -1, x ~ -1, x & -1 == x, x ~ x)

-- Small and large constants alike live in the constant list.
print(x & 1, x & 15, x & 127, x & 128, x & 255, x & 65535, x & 0xffffffff)
print(string.format("%x", x & 0xfffffffffffffff0))

-- Float constants are not constant operands; they load first and convert.
print(x & 255.0, 255.0 & x, x | 1.0, 1.0 ~ x)
print(pcall(function() return x & 0.5 end))

-- Folding of pure constants.
print(0xf0 & 0x3c, 0xf0 | 0x0f, 0xff ~ 0x0f, ~0xff, 1 << 10, 1024 >> 3, 3.0 & 1)
print(1 << 63, 1 << 64, -1 >> 1, -1 >> 63, 1 << -1, 2 >> -3)

-- Flags in the usual style.
local READ <const>, WRITE <const>, EXEC <const> = 4, 2, 1
local function perms(mode)
  local s = ""
  for shift = 6, 0, -3 do
    local bits = mode >> shift & 7
    s = s .. (bits & READ ~= 0 and "r" or "-")
    s = s .. (bits & WRITE ~= 0 and "w" or "-")
    s = s .. (bits & EXEC ~= 0 and "x" or "-")
  end
  return s
end
print(perms(0x1ed), perms(0x1a4), perms(0), perms(0x1ff))

-- A small hash with constants in every position.
local function fnv1a(s)
  local h = 0xcbf29ce484222325
  for i = 1, #s do
    h = h ~ s:byte(i)
    h = h * 0x100000001b3
  end
  return h
end
print(string.format("%016x %016x", fnv1a(""), fnv1a("moon")))

-- Negative constants and mixed chains.
local function align(n, a) return n + a - 1 & -a end
print(align(13, 8), align(16, 8), align(-3, 4), x & ~0xf, ~x & 0xf, -x & 0xff)
print(x & 1 | x & 2 | x & 4 | x & 8, 1 | 2 | x | 4 | 8, 1 & x & 3)

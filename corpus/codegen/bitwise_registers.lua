-- Bitwise operators with both operands in registers.
local function all(a, b) return a & b, a | b, a ~ b, a << b, a >> b end
local function hex(...)
  local t = {...}
  for i, v in ipairs(t) do t[i] = string.format("%x", v) end
  print(table.concat(t, " "))
end
hex(all(0xf0f0, 8))
hex(all(-1, 1))
hex(all(1, 63))
hex(all(1, 64))
hex(all(1, -1))
hex(all(-1, -4))
hex(all(0x8000000000000000, 63))
hex(all(math.mininteger, math.maxinteger))
hex(all(5, math.mininteger))

-- Floats with integral values convert; others raise.
print(3.0 | 4, 7 & 5.0, 2^40 ~ 1, 1 << 3.0, 256.0 >> 4.0)
local function try(a, b)
  local ok, m = pcall(function() return a & b end)
  return (tostring(m):gsub("^[^:]*:%d+: ", ""))
end
print(try(1.5, 1))
print(try(1, 2^63))
print(try(-2^63, -1))
print(try(1, 0/0))
print(try(math.huge, 1))
print(try("3", 1))
print(try(1, {}))
print(try(nil, 1))

-- Shifts are logical; counts beyond 63 give zero; negative counts go the other way.
local s = {}
for _, n in ipairs {0, 1, 31, 32, 62, 63, 64, 65, 1000, -1, -63, -64, -1000} do
  s[#s + 1] = string.format("%d:%x/%x", n, -1 << n, -1 >> n)
end
print(table.concat(s, " "))

-- Popcount, parity, bit reversal, rotation.
local function popcount(n)
  local c = 0
  while n ~= 0 do
    n = n & (n - 1)
    c = c + 1
  end
  return c
end
local function reverse(n)
  local r = 0
  for _ = 1, 64 do
    r = r << 1 | n & 1
    n = n >> 1
  end
  return r
end
local function rotl(n, k) return n << k | n >> 64 - k end
print(popcount(0), popcount(-1), popcount(0xff00ff), popcount(math.mininteger))
hex(reverse(1), reverse(0xff), reverse(reverse(0x123456789abcdef)), rotl(0xf00000000000000f, 4))

-- Precedence among them, and against arithmetic and comparison.
print(1 | 2 & 4 ~ 4, 6 & 3 << 1, 1 << 2 + 3, 5 & 3 == 1 == false)

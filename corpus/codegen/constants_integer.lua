-- Integer constants: which fit the signed 17-bit immediate of LOADI, which need LOADK.
local function show(label, n)
  print(label, n, math.type(n), string.format("%x", n))
end

local edge_low, edge_high = -65535, 65536
local past_low, past_high = -65536, 65537
show("low", edge_low)
show("high", edge_high)
show("past low", past_low)
show("past high", past_high)

-- Wraparound of hexadecimal literals is silent; decimal ones turn into floats instead.
local all_ones = 0xffffffffffffffff
local wrapped = 0x1ffffffff00000001
show("all ones", all_ones)
show("wrapped", wrapped)
show("max", 9223372036854775807)
show("min", -9223372036854775807 - 1)
show("min hex", 0x8000000000000000)
print(9223372036854775808, math.type(9223372036854775808))
print(-9223372036854775808, math.type(-9223372036854775808))

-- The same constant used twice shares one slot; an equal float does not.
local a, b = 123456789, 123456789
local c = 123456789.0
print(a == b, a == c, math.type(c), rawequal(a, c))

-- Zero and minus zero as integers are one value.
local z, mz = 0, -0
print(z == mz, z, mz, 1 / z == 1 / mz)

-- Leading zeros never mean octal.
print(007, 0010, 0x0010, 00000000000000000000000000000000000012)

local t = {65535, 65536, 65537, -65535, -65536, -65537, 0, 1, -1}
local sum = 0
for _, v in ipairs(t) do sum = sum + v end
print(#t, sum)
return nil

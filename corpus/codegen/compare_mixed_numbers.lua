-- Integers against floats where conversion would lose precision.
local max, min = math.maxinteger, math.mininteger
local function all(a, b) return a == b, a < b, a <= b, a > b, a >= b end
print("max vs 2^63", all(max, 2^63))
print("2^63 vs max", all(2^63, max))
print("min vs -2^63", all(min, -2^63))
print("max vs float max", all(max, max + 0.0))
print("max-1 vs 2^63-1024", all(max - 1, 2^63 - 1024))
print("2^53+1 vs 2^53", all((1 << 53) + 1, 2^53))
print("2^53 vs 2^53+1", all(2^53, (1 << 53) + 1))
print("-2^53-1 vs -2^53", all(-(1 << 53) - 1, -2^53))
print("1 vs 1+eps", all(1, 1 + 2^-52))
print("0 vs tiny", all(0, 5e-324))
print("0 vs -tiny", all(0, -5e-324))
print("0 vs -0.0", all(0, -0.0))

for _, f in ipairs {math.huge, -math.huge, 0/0, 1e308, -1e308} do
  print(f == f and f or "nan", all(max, f))
  print(f == f and f or "nan", all(min, f))
  print(f == f and f or "nan", all(f, 0))
end

-- Constants on one side.
local x, y = max, 2^63
print(x < 9223372036854775807.0, x == 9223372036854775807.0, x <= 9223372036854775808)
print(y > 9223372036854775807, y == 9223372036854775807, y >= 0x7fffffffffffffff)
print(x < 1e19, x > -1e19, y < 1, y > 1.0, x < 1, 0 < x, 0.0 < x)

-- Float keys with integer values reach integer slots, huge ones do not.
local t = {[2^53] = "a", [max] = "b", [min] = "c"}
print(t[1 << 53], t[2^63], t[-2^63], t[max + 0.0], t[min + 0.0])

-- for loops clip float limits.
local n = 0
for i = max - 2, 1e300 do n = n + 1 end
for i = min + 2, -1e300, -1 do n = n + 1 end
for i = 1, 3.9 do n = n + 1 end
for i = -1, -3.9, -1 do n = n + 1 end
for i = 1, 0/0 do n = n + 100 end
for i = 1, -1e300 do n = n + 100 end
print(n)
print(math.ult(1, -1), math.ult(-1, 1), math.ult(max, min), math.tointeger(2^53), math.tointeger(2^63))

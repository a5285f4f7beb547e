-- ADDI: integer immediates from -127 to 128 after sign, addition and subtraction alike.
local function edges(x)
  return x + 1, x - 1, x + 127, x - 127, x + 128, x - 128, x + 129, x - 129
end
print(edges(0))
print(edges(1000))
print(edges(0.5))

local function negative(x)
  return x + -1, x - -1, x + -127, x - -127, x + -128, x - -128, x + -129
end
print(negative(0))

local function left(x) return 1 + x, 127 + x, 128 + x, -127 + x, -128 + x, 1 - x, -1 - x end
print(left(0))
print(left(10))

-- Overflow through an immediate.
local max, min = math.maxinteger, math.mininteger
print(max + 1 == min, min - 1 == max, max + 128, min - 127)

-- Folding makes an immediate.
local x = 5
print(x + (2 + 3), x - (10 - 4), x + (-3), x - -(3), x + 2 * 8)

-- In place updates, the commonest use.
local i, n = 0, 0
while i < 10 do
  i = i + 1
  n = n - 2
  i = 1 + i
end
print(i, n)

-- Not numbers: string coercion and errors.
local s, b, t = "41", true, {}
print(s + 1, 1 + s, s - 1, "0x1p4" + 1, "abc" < "abd")
local function try(f, ...) local ok, m = pcall(f, ...) return (m:gsub("^[^:]*:%d+: ", "")) end
print(try(function() return b + 1 end))
print(try(function() return 1 + t end))
print(try(function(v) return v - 1 end, "x"))
print(try(function(v) return v.k + 1 end, {}))
print(try(function() return undefinedglobal + 1 end))

-- The index arithmetic of arrays.
local a = {1, 1}
for k = 3, 20 do a[k] = a[k - 1] + a[k - 2] end
print(a[20], a[#a - 1], a[#a - 10 + 1])

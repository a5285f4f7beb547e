-- Constant operands (ADDK..IDIVK) on the right, and on the left where commutative.
local function f(x)
  return x + 1000, x - 1000, x * 3, x / 4, x // 3, x % 5, x ^ 2
end
print(f(17))
print(f(-17))
print(f(2.5))

local function g(x)
  return 1000 + x, 1000 - x, 3 * x, 4 / x, 3 // x, 5 % x, 2 ^ x
end
print(g(17))
print(g(-3))
print(g(2.5))

local function floats(x)
  return x + 0.5, x - 0.5, x * 0.5, x / 0.5, x // 0.5, x % 0.5, x ^ 0.5
end
print(floats(9))
print(floats(2.25))

local function leftfloats(x) return 0.5 + x, 0.5 - x, 0.5 * x, 0.5 / x, 0.5 // x, 0.5 % x, 0.5 ^ x end
print(leftfloats(2))

-- Integral floats are constants, not immediates: the result must be a float.
local function integral(x) return x + 1.0, x - 1.0, 1.0 + x, x * 1.0, x // 1.0, x % 1.0 end
print(integral(7))

-- Division by constant zero is not folded away.
local function zero(x) return x / 0, x / 0.0, x // 0.0, x % 0.0 ~= x % 0.0 end
print(zero(1))
print(zero(-1))
print(pcall(function(x) return x // 0 end, 1))
print(pcall(function(x) return x % 0 end, 1))

-- Large constants.
local function big(x)
  return x + 9223372036854775807, 9223372036854775807 - x, x * 4611686018427387904, x // 1e300, x % 1e300
end
print(big(2))
print(big(-2))

-- Strings are coerced at run time, in both places.
local s = "10"
print(s + 1000, 1000 + s, s - 0.5, s * 3, s / 4, s // 3, s % 3, s ^ 2)
print("0x10" * 2, " 5 " + 1.0, "1e1" // 3)

-- Constants through <const> locals count as literals.
local K <const>, H <const> = 12.5, 300
local function consts(x) return x * K, K * x, x - H, H - x, x + H, K + H end
print(consts(2))

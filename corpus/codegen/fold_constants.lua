-- Constant folding: what is folded must equal what the machine computes.
local function rt(f, a, b) return f(a, b) end
local checks = {
  {2 + 3, rt(function(a, b) return a + b end, 2, 3)},
  {2 - 3.5, rt(function(a, b) return a - b end, 2, 3.5)},
  {7 // 2, rt(function(a, b) return a // b end, 7, 2)},
  {-7 // 2, rt(function(a, b) return a // b end, -7, 2)},
  {-7 % 3, rt(function(a, b) return a % b end, -7, 3)},
  {7.5 // 2, rt(function(a, b) return a // b end, 7.5, 2)},
  {-7.5 % 2, rt(function(a, b) return a % b end, -7.5, 2)},
  {2 ^ 10, rt(function(a, b) return a ^ b end, 2, 10)},
  {2 ^ 0.5, rt(function(a, b) return a ^ b end, 2, 0.5)},
  {10 / 4, rt(function(a, b) return a / b end, 10, 4)},
  {6 / 2, rt(function(a, b) return a / b end, 6, 2)},
  {5 & 3 | 8 ~ 1, rt(function(a, b) return a & b | 8 ~ 1 end, 5, 3)},
  {1 << 62 << 1, rt(function(a, b) return a << b << 1 end, 1, 62)},
  {0x7fffffffffffffff + 1, rt(function(a, b) return a + b end, math.maxinteger, 1)},
  {0x7fffffffffffffff * 2, rt(function(a, b) return a * b end, math.maxinteger, 2)},
}
for i, c in ipairs(checks) do
  print(i, c[1], math.type(c[1]), c[1] == c[2] and math.type(c[1]) == math.type(c[2]))
end

-- Not folded: division by zero, NaN, zeros of either sign, invalid bit operands, strings.
print(1 / 0, -1 / 0, 0 / 0 ~= 0 / 0, 0.0 * -1, 1 / (0.0 * -1), 5 - 5.0, 1 / -0.0)
print(pcall(function() return 1 // 0 end))
print(pcall(function() return 1 % 0 end))
print(pcall(function() return 1.5 & 1 end))
print(pcall(function() return ~2.5 end))
print(pcall(function() return 1 << 1e100 end))
print("10" + 5, -"2", 10 .. 20)
print(1e308 * 10, -1e308 * 10, 1e308 * 10 - 1e308 * 10 ~= 0)

-- Folded through parentheses, unary operators and <const> locals.
local K <const> = 60
local MIN <const> = K * 60
local NEG <const> = -MIN
local MASK <const> = ~0
print(K, MIN, NEG, MASK, (MIN + 1) // K, -(-K), - -K, NEG % 7, K ^ 2, MIN << 1)

-- Only the constant part of a mixed expression folds.
local x = 2
print(x + 2 * 3, 2 * 3 + x, x * 2 * 3, 2 + 3 + x, x + 2 + 3, 2 ^ 3 ^ x, (2 ^ 3) ^ x)
print(not 1, not nil, not "x", not not nil, not (1 == 1), #"const")

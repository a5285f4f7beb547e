-- Operator precedence and associativity, each pair told apart by its result.
print(2 + 3 * 4, (2 + 3) * 4, 2 * 3 + 4, 10 - 4 - 3, 10 - (4 - 3), 2 ^ 3 ^ 2, (2 ^ 3) ^ 2)
print(-2 ^ 2, 2 ^ -2, - - 2, not not nil, -3 % 5, -(3 % 5), (-3) % 5, -3 // 2, -(3 // 2))
print(100 / 10 / 2, 100 // 10 // 3, 17 % 10 % 4, 2 * 7 % 4, 7 % 4 * 2, 8 / 4 * 2, 8 // 3 * 2)
print(1 .. 2 == "12", "a" .. "b" .. "c", 1 + 1 .. "", "2" * 3 .. 4)
print(1 << 2 + 1, (1 << 2) + 1, 1 << 2 << 3, 256 >> 2 >> 1, 1 << (2 << 1), 1 .. 0 == "10")
print(5 | 2 & 3, (5 | 2) & 3, 5 ~ 1 | 2, 6 & 3 ~ 1, 7 ~ 3 & 1, ~5 & 7, -1 & 0xf, ~0 == -1)
print(1 < 2 == true, "x" == "x" ~= false, 1 == 1.0 == true, not 1 == 2, not (1 == 2))
print(1 and 2 or 3, nil and 2 or 3, 1 or 2 and nil, false or nil and 1, (1 or 2) and nil)
print(1 < 2 and 2 < 3, 1 > 2 or 2 > 1 and "yes", not nil and 1, not (nil and 1), -1 < 0 and - -1 > 0)
print(#"abc" + 1, #"abc" * 2, -#"abc", not #"abc", #("a" .. "b"), - 2 .. "")
print(2 + 3 << 1, 2 << 3 + 1, 12 >> 1 + 1)
print(1 | 2 == 3, (1 | 2) == 3, 4 & 6 < 5, 3 ~ 1 ~= 2)

-- Traced through metamethods: the shape of the tree.
local mt = {}
local function node(s) return setmetatable({s = s}, mt) end
local function str(v) return type(v) == "table" and v.s or tostring(v) end
for ev, sym in pairs {
  add = "+", sub = "-", mul = "*", div = "/", idiv = "//", mod = "%", pow = "^", concat = "..",
  band = "&", bor = "|", bxor = "~", shl = "<<", shr = ">>",
} do
  mt["__" .. ev] = function(a, b) return node("(" .. str(a) .. sym .. str(b) .. ")") end
end
mt.__unm = function(a) return node("(-" .. str(a) .. ")") end
mt.__bnot = function(a) return node("(~" .. str(a) .. ")") end
mt.__len = function(a) return node("(#" .. str(a) .. ")") end
local a, b, c, d = node "a", node "b", node "c", node "d"
print((a + b * c - d).s, (a * b ^ c ^ d).s, (a .. b .. c .. d).s, (a - b - c - d).s)
print((-a ^ b).s, (-a * b).s, (a ^ -b ^ c).s, (~a & b).s, (#a + b).s, (- - ~#a).s)
print((a | b ~ c & d << a .. b + c * d).s)
print((a * b + c .. d << a & b ~ c | d).s)
print((a // b % c / d).s, (a << b >> c).s, (a & b & c).s, (a ~ b ~ c).s, (a | b | c).s)
print((a + 1 - 2 * 3).s, (1 + a).s, (2 ^ a ^ 2).s, (1 .. a .. 2 .. b).s, (5 & a | 6).s, (1 << a << 2).s)

-- MMBIN, MMBINI and MMBINK: which operands the handler sees, in which order.
local function name(v)
  if type(v) == "table" then return v.name end
  return math.type(v) and math.type(v):sub(1, 1) .. tostring(v) or tostring(v)
end
local mt = {}
for _, ev in ipairs {
  "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv",
  "band", "bor", "bxor", "shl", "shr", "bnot", "concat",
} do
  mt["__" .. ev] = function(a, b) return ev .. "(" .. name(a) .. "," .. name(b) .. ")" end
end
local x = setmetatable({name = "x"}, mt)
local y = setmetatable({name = "y"}, mt)
local one, half = 1, 0.5

print("registers", x + y, x - y, x * y, x / y, x % y, x ^ y, x // y)
print(x & y, x | y, x ~ y, x << y, x >> y, x .. y)
print("left", x + one, x - half, x * one, x / half, x % one, x ^ half, x // one)
print("right", one + x, half - x, one * x, half / x, one % x, half ^ x, one // x)

-- Immediates: the handler gets the original value, flipped or negated as written.
print("imm", x + 1, 1 + x, x - 1, 1 - x, x + -5, -5 + x, x - -5, -5 - x)
print(x - 127, x - 128, x - -127, x - -128, x + 128, x + 127, x - 0, 0 - x)
print(x << 1, 1 << x, x >> 1, 1 >> x, x << -3, -3 << x, x >> -3, -3 >> x)
print(x << 127, x << 128, 127 << x, 128 << x, x >> 127, x >> 128)

-- Constants.
print("k", x + 1000, 1000 + x, x - 1000, 1000 - x, x * 2, 2 * x, x / 2, 2 / x)
print(x % 2, 2 % x, x ^ 2, 2 ^ x, x // 2, 2 // x, x * 2.5, 2.5 * x, x + 1.0, 1.0 + x)
print(x & 1, 1 & x, x | 0xff, 0xff | x, x ~ 5, 5 ~ x, x & -1, -1 & x)
-- A float literal is no bitwise constant operand.
print(x & 1.0, 1.0 & x, x | 2.5, "s" ~ x, x ~ "s")

print("unary", -x, ~x)
print("strings", x + "10", "10" + x, x .. "s", "s" .. x, x .. 1, 1 .. x)

-- Only one side has a handler; the first operand is asked first.
local z = setmetatable({name = "z"}, {__add = function() return "z's" end})
print(x + z, z + x, z + 1, 1 + z, 2.5 + z)

-- Results are cut to one value; errors when nobody handles.
local many = setmetatable({}, {__add = function() return 1, 2, 3 end, __mul = function() end})
print(many + 1, (many + 1) == 1, many * 2)
local function try(f) local ok, m = pcall(f) return (m:gsub("^[^:]*:%d+: ", "")) end
print(try(function() return many - 1 end))
print(try(function() return 1 - many end))
print(try(function() return many & 1 end))
print(try(function() return many .. "x" end))
print(try(function() return 2 ^ {} end))

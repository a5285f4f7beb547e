-- Comparisons with integral float literals: immediates that remember they were floats.
local function right(x) return x == 2.0, x ~= 2.0, x < 2.0, x <= 2.0, x > 2.0, x >= 2.0 end
local function left(x) return 2.0 == x, 2.0 ~= x, 2.0 < x, 2.0 <= x, 2.0 > x, 2.0 >= x end
for _, v in ipairs {1, 2, 3, 1.5, 2.0, 2.5, -0.0} do
  print(v, right(v))
  print("", left(v))
end

-- Metamethods receive a float again.
local got = {}
local mt = {
  __lt = function(a, b) got[#got + 1] = "lt " .. tostring(a) .. " " .. tostring(b) return true end,
  __le = function(a, b) got[#got + 1] = "le " .. tostring(a) .. " " .. tostring(b) return false end,
  __tostring = function() return "obj" end,
}
local o = setmetatable({}, mt)
local function flush() print(table.concat(got, ", ")) got = {} end
print(o < 2.0, o <= 2.0, o > 2.0, o >= 2.0)
flush()
print(2.0 < o, 2.0 <= o, 2.0 > o, 2.0 >= o)
flush()
print(o < 2, o <= 2, o > 2, o >= 2, 2 < o, 2 <= o, 2 > o, 2 >= o)
flush()
print(o < -127.0, o > 128.0, o < -128.0, o > 129.0, o < 0.5, 0.5 >= o)
flush()
print(o < -0.0, o <= 0.0)
flush()

-- Floats that are no integers, or out of range, are ordinary constants.
local x = 7
print(x < 7.5, x <= 6.5, x > 6.5, x >= 7.5, x == 7.5, 7.5 ~= x, 6.5 < x)
print(x < 1e10, x > -1e10, x == 1e10, x < 200.0, x > -200.0, x == 200.0)
print(x < 1e308 * 10, x > -math.huge, x < 0/0)

-- Equality with integral floats is by value.
local function is(v) if v == 1.0 then return "one" elseif v ~= -3.0 then return "other" end return "minus three" end
print(is(1), is(1.0), is(-3), is(-3.0), is("1"), is(nil))

-- Mixed in one condition.
local function between(v) return 0.0 <= v and v < 10.0 end
print(between(0), between(-1), between(9.99), between(10))

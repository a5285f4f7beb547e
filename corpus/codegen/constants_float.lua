-- Float constants: LOADF takes integral values in the immediate range, LOADK the rest.
local function show(x) print(string.format("%.17g", x), x, math.type(x)) end

local zero, one, minus = 0.0, 1.0, -1.0
local top, over = 65536.0, 65537.0
local bottom, under = -65535.0, -65536.0
show(zero) show(one) show(minus)
show(top) show(over) show(bottom) show(under)

-- A negated zero is never folded: sign must survive.
local negzero = -0.0
show(negzero)
print(1 / negzero, 1 / zero, negzero == zero)

local half, tenth, third = .5, 0.1, 1 / 3
show(half) show(tenth) show(third)
show(5.) show(3e2) show(3E-2) show(0.31416E1)
show(34e+1)

-- Hexadecimal floats.
show(0x.1) show(0x1p4) show(0xA.8p0) show(0x1P-2) show(0x.8p+1) show(0x10p-4)
show(0xffffffffffffffff.0)

-- Extremes.
show(1.7976931348623157e308)
show(2.2250738585072014e-308)
show(4.9406564584124654e-324)
show(1e309)
show(-1e309)
show(1e-400)
show(9007199254740993.0)

local nan = 0.0 / 0.0
print(nan ~= nan, nan == nan)

-- Integral floats and integers of equal value live side by side.
local t = {1, 1.0, 2^53, 9007199254740992, 1e15, 1000000000000000}
for i, v in ipairs(t) do print(i, v, math.type(v)) end
print(1e15, 1e14, 1e16, 123456.0e10, 1e100)

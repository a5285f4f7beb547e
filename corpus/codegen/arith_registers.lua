-- Arithmetic with both operands in registers, over all pairs of number types.
local function all(a, b)
  return a + b, a - b, a * b, a / b, a // b, a % b, a ^ b
end
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do
    t[i] = math.type(t[i]) == "float" and string.format("%.14g", t[i]) .. "f" or tostring(t[i])
  end
  print(table.concat(t, " "))
end
show(all(7, 2))
show(all(7.0, 2))
show(all(7, 2.0))
show(all(-7, 2))
show(all(7, -2))
show(all(-7, -2))
show(all(-7.5, 2))
show(all(0, 5))
show(all(1, 3))
show(all(0.0, -1))

-- Integer overflow wraps around.
local max, min = math.maxinteger, math.mininteger
print(max + 1 == min, min - 1 == max, max * 2, min * -1 == min, -min == min)
print(max * max, min * min, max * min)
print(min // -1 == min, min % -1)

-- Mixed: converting a large integer to float may round.
print(string.format("%.17g", max + 0.0), max + 0.0 == 2^63, max == 2^63)
print(string.format("%.17g", (max - 1) * 1.0), 2^53 + 1.0, (1 << 53) + 1)

-- Targets: local in place, other local, expression chain.
local a, b, c = 10, 4, 0
a = a + b
c = a - b
b = b * b
print(a, b, c, a + b * c - a / b, (a + b) * (c - a))
c = c + c + c + c
print(c)

local function horner(x, c0, c1, c2, c3) return ((c3 * x + c2) * x + c1) * x + c0 end
print(horner(2, 1, 2, 3, 4), horner(0.5, 1, 2, 3, 4))

-- Operands from upvalues, globals and fields become registers first.
up, t = 6, {v = 7}
local uv = 5
local function f() return up * t.v + uv, t.v - uv, uv / up end
print(f())

-- Expressions holding many temporaries at once: calls with computed arguments, wide constructors.
local function f(...) return ... end
local a, b, c = 1, 2, 3

-- Each argument needs its own temporaries while the former wait.
print(f(a + b, a * b, f(a, b), a .. b, #{a, b, c}, a < b, not a, a and b, a or b, -a, {a}, f) ~= nil)
print(select("#", f(a, f(b, f(c, f(a, f(b, f(c, a, b), a, b), a, b), a, b), a, b), a, b)))
print(f(a, f(b, c)) + f(b) * (f(c) - (f(a) + (f(b) // (f(c) % (f(a, b) + f(c)))))))

-- Temporaries below an open call.
local t = {f(1), f(2), f(3), {f(4), {f(5), {f(6), f(7, 8, 9)}}}}
print(#t, #t[4], #t[4][2], #t[4][2][2], t[4][2][2][4])

-- Comparison results as arguments among values.
print(a == 1, b, a == 2, b, a < b, c, a > b, c, a <= 1 and "le", b >= 9 or "not ge")

-- Method calls within arguments of method calls.
local s = "x"
print(s:rep(s:len() + s:rep(s:len()):len(), s:rep(s:byte() - 118)):upper():rep(s:len() * 2, s:format(s)))

-- Index expressions with computed keys in nested order.
local m = {{10, 20}, {30, 40}}
local function k(x) return x end
print(m[k(1)][k(2)] + m[k(m[k(1)][k(1)] // 10)][k(k(2))] * m[#m][#m[#m]])
m[k(1)][k(2)], m[k(2)][k(1)] = m[k(2)][k(1)], m[k(1)][k(2)]
print(m[1][2], m[2][1])

-- A hundred concatenated temporaries beside locals.
local x = "-"
print(#(x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x ..
  x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x))

-- Constructor of fifty calls, then more: registers pile up to the flush.
local function g(i) return i * i end
local sq = {
  g(1), g(2), g(3), g(4), g(5), g(6), g(7), g(8), g(9), g(10), g(11), g(12), g(13), g(14), g(15), g(16), g(17),
  g(18), g(19), g(20), g(21), g(22), g(23), g(24), g(25), g(26), g(27), g(28), g(29), g(30), g(31), g(32), g(33),
  g(34), g(35), g(36), g(37), g(38), g(39), g(40), g(41), g(42), g(43), g(44), g(45), g(46), g(47), g(48), g(49),
  g(50), g(51), g(52), g(53), k = {g(54), g(55), {g(56)}}, g(57),
}
print(#sq, sq[50], sq[51], sq[54], sq.k[3][1])

-- Assignments with many indexed targets keep all tables and keys waiting.
local u = {}
u[k(1)], u[k(2)], u[k(3)], u[k(4)], u[k(5)], u[k(6)], u[k(7)], u[k(8)] = f(8, 7, 6, 5), f(4, 3, 2, 1)
print(u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8])
local r1, r2, r3 = (f(1, 2)), (f(f(3, 4))), f(f(5, 6), f(7, 8))
print(r1, r2, r3)

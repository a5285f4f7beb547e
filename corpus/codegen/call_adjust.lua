-- CALL with every kind of argument list (B) and result count (C).
local function f(...) return ... end
local function n(...) return select("#", ...) end

f()
f(1, 2, 3)
f(f(1, 2))
local a = f()
local b = f(1, 2)
local c, d = f(1, 2, 3)
local e, g, h = f(1)
print(a, b, c, d, e, g, h)

-- Open calls as last argument, closed ones elsewhere.
print(n(f()), n(f(), f()), n(f(1, 2), f(1, 2)), n(f(1, 2), 3), n((f(1, 2))), n(f(nil, nil)))
print(f(f(f(1, 2, 3))), f(1, f(2, f(3, 4))))

-- In expressions only the first result counts.
print(f(1, 2) + f(3, 4), f(1, 2) .. f(3), -f(5, 6), not f(nil, 1), #f("abc", "d"))
print(f(1, 2) == 1, f(2, 1) < 3, f(nil, 1) or "or", f(false) and 1, f(1) and f(2, 3))

-- Indexing and calling results.
local t = {f = f, k = {v = "deep"}}
print(t.f(t).k.v, f(t).k.v, f({10, 20})[2], f(f)(7), f(t, 1).f(8, 9))
print(f(f)(f)(f)("curried", 2))

-- Statements discard everything.
local count = 0
local function effect(...) count = count + n(...) return 1, 2, 3 end
effect(1) effect(1, 2) effect(effect()) t.f(effect(4)) f(effect(), effect())
print(count)

-- Assignment adjusts on both sides.
local x, y, z = 0, f(1, 2, 3)
print(x, y, z)
x, y, z = f(1, 2), 9
print(x, y, z)
x, y = f(1, 2, 3)
x, y, z = f()
print(x, y, z)
t.a, t.b, x = f("ta", "tb", "x")
print(t.a, t.b, x)

-- Returns: counted, open, parenthesised, mixed.
local function r0() return end
local function r1() return 1 end
local function r2() return 1, 2 end
local function ropen() return f(1, 2, 3) end
local function rparen() return (f(1, 2, 3)) end
local function rmix() return 0, f(1, 2, 3) end
local function rcut() return f(1, 2, 3), 9 end
print(n(r0()), n(r1()), n(r2()), n(ropen()), n(rparen()), n(rmix()), n(rcut()))

-- Missing and surplus arguments.
local function three(p, q, r) return p, q, r end
print(three(), three(1), three(1, 2, 3, 4, 5))
print((three(1, 2)))
print(n(three()), n(three(1, 2, 3, 4)))

-- Many results at once.
local big = {}
for i = 1, 250 do big[i] = i end
print(n(table.unpack(big)), n(0, table.unpack(big)), (select(-1, table.unpack(big))))

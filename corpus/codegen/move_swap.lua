-- MOVE in all its uses: copies, swaps, rotations, parameters.
local a, b, c = 1, 2, 3
a, b = b, a
print(a, b, c)
a, b, c = c, a, b
print(a, b, c)
a, b, c = a, a, a
print(a, b, c)

local x = a
local y = x
x = x -- no instruction
print(x, y)

local function rotate(p, q, r, s)
  p, q, r, s = q, r, s, p
  return p, q, r, s
end
print(rotate("p", "q", "r", "s"))
print(rotate(rotate(rotate(rotate(1, 2, 3, 4)))))

local function fib(n)
  local lo, hi = 0, 1
  for _ = 1, n do lo, hi = hi, lo + hi end
  return lo
end
for i = 0, 20, 5 do io.write(fib(i), " ") end
print()

-- Copies do not alias numbers but do alias tables.
local t = {1}
local u = t
u[1] = "changed"
print(t[1], t == u)

-- Chain of locals, last one shadowed.
local v1 = "v"
local v2, v3 = v1, v1
do
  local v1 = v2 .. v3
  local v2 = v1
  print(v1, v2)
end
print(v1, v2, v3)

local function pass(...) return ... end
local r1, r2, r3 = pass(a), pass(b, c)
print(r1, r2, r3)

local function reorder(i, j) return j, i, j, i end
print(reorder("i", "j"))

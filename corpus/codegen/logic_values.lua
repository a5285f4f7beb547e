-- and, or, not yielding values: TESTSET, TEST and the join of jump lists.
local f, n, t, z, s = false, nil, true, 0, ""
local function both(a, b) return a and b end
local function either(a, b) return a or b end
for _, p in ipairs {{t, z}, {z, f}, {f, s}, {s, t}} do print(both(p[1], p[2]), either(p[1], p[2])) end
print(both(nil, 1), either(nil, 1), both(1, nil), either(f, n))

-- Chains and nestings.
local function chain(a, b, c, d) return a and b or c and d, (a or b) and (c or d), a or b or c or d, a and b and c and d end
for i = 0, 15 do
  local function bit(k) return i >> k & 1 == 1 and k end
  io.write(i, ":")
  for _, v in ipairs {table.pack(chain(bit(0), bit(1), bit(2), bit(3)))} do
    for k = 1, v.n do io.write(" ", tostring(v[k])) end
  end
  io.write("\n")
end

-- Comparisons as operands mix loads of booleans and kept values.
local function mixed(x, y) return x < y and x, x == y or y, x > y and "gt" or x < y and "lt", not (x < y) and y end
print(mixed(1, 2))
print(mixed(2, 1))
print(mixed(2, 2))

-- Constants: always-true operands vanish.
local v = 9
print(1 and v, nil and v, false and v, "x" and v, v and 1, v and nil, 1 or v, nil or v, false or v, v or 1)
print(true and true, true and false, nil and nil, false or nil, nil or false, 1 and nil or 2)

-- Assignment to an existing local, the operand being that very local.
local a, b = 1, nil
a = a and a + 1
b = b or "default"
a = a or error("never")
b = b and a
print(a, b)
local c
c = c and c.field
c = c == nil and "was nil" or c
print(c)

-- Assignment to upvalue, global, field and index.
local up
local function set(x) up = up or x g = up and x t2 = {} t2.f = x and up t2[x and 1 or 2] = x or "none" return up, g, t2.f, t2[1], t2[2] end
print(set(false))
print(set(5))

-- In arguments and returns; side effects are skipped.
local hits = 0
local function hit(r) hits = hits + 1 return r end
local _ = hit(false) and hit(1), hit(true) or hit(2), hit(nil) or hit(nil) or hit(3)
print(hits, (hit(1) and hit(false)) == false, hits)
print(select("#", n or nil), select("#", hit() and nil), (hit(1) or 2) + (hit(nil) or 40))

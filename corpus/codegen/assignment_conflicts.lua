-- Assignments whose later targets are locals or upvalues used by earlier indexed targets.
-- The compiler must save a copy before overwriting them.
local a, i, j = {}, 1, 2
a[i], i = "one", 5
print(a[1], i)
i = 1
a[i], a[j], i, j = "i", "j", j, i
print(a[1], a[2], i, j)

-- The table local itself among the targets.
local t, k = {n = "t"}, "n"
local keep = t
t.n, t = "changed", {n = "replaced"}
print(keep.n, t.n)
t[k], t, k = "K", keep, "other"
print(t.n, k)
t, k = {n = 0}, "n"
keep = t
t[k], k, t = 1, "x", nil
print(keep.n, k, t)

-- The same local is both table and key.
local s = {}
local map = {}
map[map], map = "self", 3
print(map)
s[s], s, s = "v", 1, 2
print(s)

-- Constant key indices keep only the table.
local c, d = {10, 20, 30}, nil
d = c
c[1], c = 99, "gone"
print(d[1], c)
c = d
c.f, c[2], c = "field", 77, nil
print(d.f, d[2], c)

-- Upvalues as tables with constant keys.
local up = {v = 1}
local saved = up
local function assign()
  up.v, up = 2, {v = "new"}
end
assign()
print(saved.v, up.v)

local idx, arr = 1, {}
local function assign2()
  arr[idx], idx = "first", 2
  arr[idx], idx, arr.name = "second", 3, "arr"
  idx, arr[idx] = 4, "third"
end
assign2()
print(arr[1], arr[2], arr[3], arr[4], arr.name, idx)

-- _ENV as the table being replaced.
local print = print
local function env()
  local _ENV = {}
  local e1 = _ENV
  x, _ENV, y = 1, {tag = "new"}, 2
  return e1.x, e1.y, tag, x
end
print(env())

-- A long chain of the same conflicts.
local m, n = {}, 1
local mm = m
m[n], m[n + 1], n, m[n], m = "a", "b", 10, "c", nil
print(mm[1], mm[2], n, mm[10], m)
local q = {1, {2, {3}}}
local q1, q2 = q, q[2]
q[1], q[2][1], q, q[2][2][1] = "A", "B", "C", "D"
print(q1[1], q2[1], q, q2[2][1])

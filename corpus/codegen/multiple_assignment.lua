-- Evaluation order and adjustment in multiple assignment.
local log = {}
local function e(name, v) log[#log + 1] = name return v end
local function flush() print(table.concat(log, " ")) log = {} end

local t = setmetatable({}, {__newindex = function(t, k, v) log[#log + 1] = "set " .. k .. "=" .. tostring(v) rawset(t, k, v) end})
t[e("k1", "a")], t[e("k2", "b")], t[e("k3", "c")] = e("v1", 1), e("v2", 2), e("v3", 3)
flush()
t.x, t.y, t.z = e("p", "P"), e("q")
flush()
t.m, t.n = e("1", 1), e("2", 2), e("3", 3)
flush()

-- The classic: i, a[i] = i+1, 20 uses the old i.
local i, a = 3, {}
i, a[i] = i + 1, 20
print(i, a[3], a[4])
a[i], i = "at4", 7
print(i, a[4], a[7])

-- Swapping fields, rotating, chained.
local p = {x = 1, y = 2}
p.x, p.y = p.y, p.x
print(p.x, p.y)
local arr = {1, 2, 3, 4}
arr[1], arr[2], arr[3], arr[4] = arr[4], arr[3], arr[2], arr[1]
print(table.concat(arr, " "))
local x, y, z = 1, 2, 3
x, y, z = y, z, x
print(x, y, z)

-- The table variable itself is a target.
local tab = {v = "old"}
local old = tab
tab, tab.v = {v = "new"}, "changed"
print(tab.v, old.v)
tab.v, tab = "back", old
print(tab.v)

-- Globals and locals mixed; missing values become nil; extra are evaluated, then dropped.
local u, w
u, ga, w, gb = 1, 2
print(u, ga, w, gb)
u, w = e("1", 1), e("2", 2), e("extra", 3)
print(u, w) flush()

-- Calls in the last and other places.
local function three() return 1, 2, 3 end
local function zero() end
u, w, x, y = three(), three()
print(u, w, x, y)
u, w, x = zero(), three()
print(u, w, x)
u, w = three(), zero()
print(u, w)
u, w, x, y = "a", three()
print(u, w, x, y)
u, w = (three())
print(u, w)

-- Same target twice: the leftmost wins, because values are stored from the right.
u, u = "first", "second"
print(u)
gv, gv, gv = 1, 2, 3
print(gv)
-- Nil extension over many targets.
local l1, l2, l3, l4, l5, l6 = three()
print(l1, l2, l3, l4, l5, l6)

-- GETTABLE, GETI, GETFIELD: keys at the limits of each form.
local t = {}
for i = -2, 300 do t[i] = i * 10 end
print(t[0], t[1], t[127], t[128], t[254], t[255])
print(t[256], t[257], t[300], t[301])
print(t[-1], t[-2], t[-3])

-- Float keys with integral values are normalised; others are distinct.
t[1.5] = "one and a half"
print(t[1.0], t[255.0], t[1.5], t[2^8], t[-1.0])

local i, k, f = 5, "name", 5.0
t.name = "by name"
print(t[i], t[k], t[f], t.name, t["name"], t["na" .. "me"])
print(t[true], t[nil], t[0/0], t[print])

t[true], t[false] = "yes", "no"
print(t[true], t[false], t[not i], t[i == 5])

-- Strings as numbers are different keys.
t["5"] = "string five"
print(t["5"], t[5], t[tostring(5)])

-- Nested and computed.
local deep = {a = {b = {c = {1, 2, {d = "deep"}}}}}
print(deep.a.b.c[3].d, deep["a"].b["c"][1], #deep.a.b.c)
local path = {"a", "b", "c"}
local at = deep
for _, p in ipairs(path) do at = at[p] end
print(at == deep.a.b.c, at[#at].d)

-- Index of a parenthesised constructor and of a call.
print(({10, 20, 30})[2], ({x = "f"}).x)
local function make() return {"r1", r2 = "r2"} end
print(make()[1], make().r2, make { }[1], make "s".r2)

-- Strings index into the string library.
print(("x").len == string.len, (""):len(), ("abc").nothing)

-- The result may overwrite the table or the key.
local self = {next = {next = {v = "end"}}}
self = self.next
self = self.next
print(self.v)
k = t[k]
print(k)
i = t[i]
print(i)

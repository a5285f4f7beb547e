-- NEWTABLE with every size class of hash part, and small array parts.
local h0 = {}
local h1 = {a = 1}
local h2 = {a = 1, b = 2}
local h3 = {a = 1, b = 2, c = 3}
local h4 = {a = 1, b = 2, c = 3, d = 4}
local h5 = {a = 1, b = 2, c = 3, d = 4, e = 5}
local h8 = {a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8}
local h9 = {a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9}
local h16 = {
  a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8,
  i = 9, j = 10, k = 11, l = 12, m = 13, n = 14, o = 15, p = 16,
}
local h17 = {
  a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9,
  j = 10, k = 11, l = 12, m = 13, n = 14, o = 15, p = 16, q = 17,
}
local h33 = {
  a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11,
  l = 12, m = 13, n = 14, o = 15, p = 16, q = 17, r = 18, s = 19, t = 20, u = 21, v = 22,
  w = 23, x = 24, y = 25, z = 26, aa = 27, bb = 28, cc = 29, dd = 30, ee = 31, ff = 32, gg = 33,
}
local function measure(t)
  local n, sum = 0, 0
  for _, v in pairs(t) do n = n + 1 sum = sum + v end
  return n, sum
end
for _, t in ipairs {h0, h1, h2, h3, h4, h5, h8, h9, h16, h17, h33} do print(measure(t)) end

local a1, a2, a3, a4 = {1}, {1, 2}, {1, 2, 3}, {1, 2, 3, 4}
print(#a1, #a2, #a3, #a4, #{nil}, #{nil, nil, 3}, #{n = 1})

-- Repeated keys count towards the size, the last one wins.
local dup = {x = 1, x = 2, x = 3, [1] = "by key", "by position"}
print(dup.x, dup[1], measure {p = 1, p = 2})

-- Both parts at once, separators of both kinds, trailing ones too.
local m1 = {1, a = "x", 2; b = "y"; 3,}
print(#m1, m1.a, m1.b)
local m2 = {[1] = 10, [2] = 20, [3] = 30;}
print(#m2, m2[1] + m2[2] + m2[3])

-- Freshness: each evaluation makes a new table.
local function make() return {} end
print(make() == make(), {} == {})
local seen = {}
for i = 1, 3 do seen[#seen + 1] = {i} end
print(seen[1][1], seen[2][1], seen[3][1], seen[1] == seen[2])

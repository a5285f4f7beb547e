-- TESTSET in both polarities, TEST when value and target coincide, and values kept across calls.
local function f(a, b, c)
  local x = a or b        -- TESTSET, true
  local y = a and b       -- TESTSET, false
  local z = (a or b) and c
  local w = a and b or c
  local v = (a and b) or (b and c)
  return x, y, z, w, v
end
for i = 0, 7 do
  print(f(i & 1 > 0 and "a", i & 2 > 0 and "b", i & 4 > 0 and "c"))
end

-- Assigning a variable from an expression that starts with itself needs no TESTSET.
local function defaults(opt, size, name)
  opt = opt or {}
  size = size or opt.size or 10
  name = name and name:upper() or "ANON"
  return size, name, opt.size
end
print(defaults())
print(defaults({size = 3}))
print(defaults({size = 3}, 4, "bob"))

-- Values landing in a temporary: call arguments, concatenation, return lists.
local function id(...) return ... end
local p, q = nil, "q"
print(id(p or q, q and p, p or q, p and q))
print("[" .. (p or q) .. (q and "and" or "") .. "]")
print(select("#", p or id(), q and id(1, 2)))

-- not in the middle.
print(not p and q, not q or p, not (p or q) or q, p == nil and q or p)

-- Reuse of the tested register on the right.
local function twice(t) return t and t.x and t.x.y or t and t.x or t end
print(twice(nil), twice(false), type(twice({})), twice({x = 5 > 9}) ~= nil, twice({x = {y = "deep"}}))

-- Upvalue and global sources must be loaded first.
g = nil
local up = "up"
local function ug() return g or up, up and g, g and up, up or g end
print(ug())
g = "g"
print(ug())

-- Long or-chains of indices.
local conf = {user = {}, site = {color = "red"}, dflt = {color = "blue", size = 1}}
local function look(k) return conf.user[k] or conf.site[k] or conf.dflt[k] or "none" end
print(look "color", look "size", look "shape")

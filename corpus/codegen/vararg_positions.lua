-- VARARG in every position of expressions, lists, calls and constructors.
local function n(...) return select("#", ...) end
local function test(...)
  local a = ...
  local b, c = ...
  local d, e, f = 0, ...
  local g, h = ..., "last"
  local i, j, k, l = ...
  print(a, b, c, d, e, f, g, h, i, j, k, l)
  print(n(...), n(..., ...), n(...,  1), n(1, ...), n((...)), n({...}), n(... == nil), n(... or ...))
  local t1, t2, t3, t4 = {...}, {..., 1}, {1, ...}, {(...)}
  print(#t1, #t2, #t3, #t4)
  return ...
end
print(test())
print(test("x"))
print(test("x", "y", "z"))

-- As operands: one value.
local function ops(...)
  return ... + 1, 2 * ..., -..., ... .. "s", #(... .. ""), ... == 5, ... < 10, not ..., ... and 1, ... or 2
end
print(ops(5, 6))

-- As index, key, callee argument, condition, bound.
local function uses(...)
  local t = {[...] = "key", k = ...}
  t[...] = t[...] .. "!"
  t.v, t.w = ...
  if ... then t.c = "true" else t.c = "false" end
  local s = 0
  for i = ..., ... + 2 do s = s + i end
  while ... == nil do break end
  return t[...], t.k, t.v, t.w, t.c, s
end
print(uses(3, 4))

-- Assigned to globals, fields, upvalues, existing locals.
local up1, up2
local function assign(...)
  local a, b = 1, 2
  a, b = ...
  g1, g2 = ...
  up1, up2 = ...
  a = ...
  g1 = ...
  return a, b, g1, g2, up1, up2
end
print(assign("p", "q"))
print(assign("p"))

-- select with every index.
local function sel(...) return select(2, ...), select(-1, ...), (select("#", ...)), select(-2, ...) end
print(sel("a", "b", "c"))
print(pcall(select, 0)) print(pcall(select, -5, 1)) print(select(5, 1, 2))

-- table.pack and unpack as round trip, with nils.
local function round(...) local p = table.pack(...) return table.unpack(p, 1, p.n) end
print(round(nil, 1, nil, nil), n(round(nil, nil)), n(round()))

-- A method call and a string call with varargs inside.
local o = {m = function(self, ...) return n(...), self.v end, v = "self"}
local function calls(...) return o:m(...), o:m(..., ...), o.m(o, ...), ("%s-%s"):format(...) end
print(calls("A", "B"))
-- The main chunk is a vararg function itself.
print(n(...), ... == nil)

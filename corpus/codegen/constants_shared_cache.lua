-- Nested functions share one scanner cache: entering or leaving a function can duplicate constants.
local function outer()
  local a = "alpha"
  local b = 1234567.5
  local function inner()
    local p = "beta"
    local q = "alpha"
    local r = 1234567.5
    local function innermost()
      return "gamma" .. "beta" .. "alpha", 1234567.5, 7654321
    end
    return p, q, r, innermost()
  end
  -- After the nested function the cached indices point into its list.
  local c = "alpha"
  local d = "beta"
  local e = 1234567.5
  local f = 7654321
  print(a, b, c, d, e, f)
  print(inner())
  return "alpha", "gamma"
end
print(outer())

-- Floats with integral values use a perturbed key; equal integers keep their own slot.
local t = {}
t.i, t.f = 1048576, 1048576.0
t.j, t.g = 4503599627370496, 4503599627370496.0
t.k, t.h = 9007199254740993, 9007199254740992.0
t.l, t.m = 1048576, 1048576.0
for _, k in ipairs {"i", "f", "j", "g", "k", "h", "l", "m"} do
  print(k, t[k], math.type(t[k]))
end

-- Large floats cannot be perturbed any more and may be stored twice.
local x = 1e300
local y = 1e300
local z = 18014398509481984.0
local w = 18014398509481984.0
local v = 18014398509481984
print(x == y, z == w, w == v, math.type(v), math.type(w))

-- Zero has a key of its own.
t.z0, t.z1, t.z2 = 0.0, 0, 0.0
print(t.z0, t.z1, t.z2)
local tiny = 2.220446049250313e-16 -- the very key under which 0.0 is cached
t.z3, t.z4 = tiny, 0.0
print(t.z3, t.z4)
local back = 1.0000000000000002 -- likewise for 1.0
t.o1, t.o2, t.o3 = 1.0, back, 1.0
print(t.o1, string.format("%.17g", t.o2), t.o3)

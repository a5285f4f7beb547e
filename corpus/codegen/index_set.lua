-- SETTABLE, SETI, SETFIELD with register and constant values.
local t = {}
local r, key, idx = "reg", "k", 7

t[1] = 1           -- SETI, constant
t[2] = r           -- SETI, register
t[255] = 2.5       -- largest immediate
t[256] = "past"    -- SETTABLE
t[0] = nil
t[-1] = r
print(t[1], t[2], t[255], t[256], t[0], t[-1])

t.a = "const"
t.b = r
t.c = 1 << 40
t.d = -0.0
t.e = {}
t.f = print == print
t.g = t.a
print(t.a, t.b, t.c, 1 / t.d, #t.e, t.f, t.g)

t[key] = true
t[idx] = r
t[idx + 1] = idx
t[r] = nil
t[key .. key] = 99
print(t.k, t[7], t[8], t.reg, t.kk)

t[1.0] = "normalised"
t[2.5] = "float"
print(t[1], t[2.5])

-- A nil value removes; a nil or NaN key is an error.
t.a = nil
print(t.a, rawget(t, "a"))
local function try(f) local ok, m = pcall(f); return (tostring(m):gsub("^[^:]*:%d+: ", "")) end
print(try(function() t[nil] = 1 end))
print(try(function() t[0/0] = 1 end))
print(try(function() local n; n[1] = 1 end))
print(try(function() t.missing.field = 1 end))
print(try(function() t[idx].x = r end))

-- Upvalue tables.
local function fill(n)
  for i = 1, n do t[i] = i * i end
  t.count = n
  t["sum"] = 0
  for i = 1, t.count do t.sum = t.sum + t[i] end
end
fill(10)
print(t.count, t.sum, t[10])

-- Value computed from a comparison or logic.
t.cmp = idx > 3
t.log = idx and r
t.alt = nil or "alt"
print(t.cmp, t.log, t.alt)

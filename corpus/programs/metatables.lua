-- All metamethod events in one place, with fallbacks, inheritance of metatables, and rarely used ones.
local log = {}
local function note(...) log[#log + 1] = table.concat({...}, ":") end
local function flush() print(table.concat(log, " ")) log = {} end

-- Which operand's handler is used, and what the handler gets.
local function tagged(name, events)
  local mt = {}
  for ev in events:gmatch "%w+" do
    mt["__" .. ev] = function(a, b)
      note(name, ev, type(a) == "table" and a.name or tostring(a), type(b) == "table" and b.name or tostring(b))
      return name .. ev
    end
  end
  return setmetatable({name = name}, mt)
end
local events = "add sub mul div idiv mod pow band bor bxor shl shr concat"
local L, R = tagged("L", events), tagged("R", events)
local none = {name = "none"}
local _ = L + R, R + L, L + 1, 1 + L, L - none, none - L, "x" * L, L .. "x", "x" .. R, L // 2, 2 // R, L % R, R ^ L
_ = L & 1, 1 | R, L ~ R, L << R, 1 >> L
flush()
local only = tagged("O", "add")
print(pcall(function() return only - 1 end))
print(pcall(function() return none + none end))
print(none == none, L == R, L ~= R)

-- Values of other types can have metatables through debug.
debug.setmetatable(nil, {__index = function(_, k) return "nil." .. tostring(k) end, __call = function(_, x) return x end, __add = function(a, b) return b or a end})
print((nil).field, (nil)("called"), nil + 5, undefined_thing.sub)
debug.setmetatable(nil, nil)
debug.setmetatable(1, {__index = {double = function(n) return n * 2 end}, __call = function(n, ...) return n, select("#", ...) end, __len = function(n) return n // 1 end, __concat = function() return "unused for numbers" end})
print((21):double(), (3)(nil, nil), #2.5, 1 .. 2, (5).missing)
debug.setmetatable(1, nil)
debug.setmetatable(print, {__index = function(f, k) return k end, __add = function(f, g) return function(...) return f(g(...)) end end, __lt = function() return true end, __unm = function() return "negated function" end})
print((tostring + math.floor)(3.7), (function() end).name, print < print, -print)
debug.setmetatable(print, nil)
debug.setmetatable(true, {__index = {yes = "Y"}, __bnot = function(b) return not b end, __band = function(a, b) return a and b end})
print((true).yes, ~true, true & false, pcall(function() return true + 1 end))
debug.setmetatable(true, nil)
print(pcall(function() return (nil).x end))
local thread = coroutine.create(print)
debug.setmetatable(thread, {__call = function(co, ...) return coroutine.resume(co, ...) end, __len = function(co) return coroutine.status(co) end})
print(#thread, (thread("via call")))
print(#thread)
debug.setmetatable(thread, nil)

-- __index and __newindex in chains: functions, tables, mixed, rawset in between.
local A = setmetatable({}, {__index = function(t, k) note("A?", k) return k == "deep" and "found" or nil end, __newindex = function(t, k, v) note("A=", k) rawset(t, k, v) end})
local B = setmetatable({b = 1}, {__index = A, __newindex = A})
local C = setmetatable({}, {__index = B, __newindex = B})
print(C.b, C.deep, C.none)
C.x = 1
C.b = 2
print(rawget(C, "x"), rawget(B, "x"), rawget(A, "x"), rawget(C, "b"), rawget(B, "b"))
flush()
rawset(C, "own", 1)
C.own = 2
print(C.own, rawget(B, "own"))

-- __call chains, __call with extra arguments, __tostring, __name, __len, __metatable, __pairs, __close by presence.
local inner = setmetatable({}, {__call = function(self, ...) return "inner", select("#", ...), ... end})
local outer = setmetatable({}, {__call = inner})
print((outer(1, nil)), select(2, outer(1, nil)), (select(4, outer(1, nil))))
local named = setmetatable({}, {__name = "Named"})
print((tostring(named):gsub("0x%x+", "ADDR")), pcall(function() return named + 1 end))
print(pcall(function() return named < named end), pcall(function() return #named .. named end))
print(pcall(string.rep, named))
local guarded = setmetatable({}, {__metatable = false})
print(getmetatable(guarded), pcall(setmetatable, guarded, nil))
print(getmetatable("").__name, getmetatable(setmetatable({}, {__metatable = "any value"})))
print(rawlen(setmetatable({1, 2}, {__len = function() return 99 end})), #setmetatable({1, 2}, {__len = function() return 99 end}))
for k, v in pairs(setmetatable({}, {__pairs = function(t) return function(_, k) k = (k or 0) + 1 if k < 4 then return k, k * k end end, t, nil, nil end})) do io.write(k, "=", v, " ") end
print()
-- ipairs ignores __pairs and __len but respects __index.
for i, v in ipairs(setmetatable({1, 2}, {__len = function() return 10 end, __index = function(_, k) if k == 3 then return "three" end end})) do io.write(i, "=", v, " ") end
print()

-- __eq only for two tables or two userdata, not for raw-equal ones; results become booleans.
local eqmt = {__eq = function(a, b) note("eq") return "truthy" end}
local x, y = setmetatable({}, eqmt), setmetatable({}, eqmt)
print(x == y, x ~= y, x == x, x == 1, rawequal(x, y), x == setmetatable({}, {__eq = function() return nil end}))
flush()
local t = {[x] = "x"}
print(t[x], t[y])

-- __lt and __le results; comparisons of mixed types go through them.
local cmp = setmetatable({}, {__lt = function(a, b) return 1 end, __le = function(a, b) return nil end})
print(cmp < 1, 1 < cmp, cmp <= "a", "a" >= cmp, cmp > {}, {} < cmp)

-- Metatable changed in the middle of things.
local chameleon = setmetatable({}, {})
local before = pcall(function() return chameleon + 1 end)
getmetatable(chameleon).__add = function() return "now" end
print(before, chameleon + 1)
getmetatable(chameleon).__add = nil
print((pcall(function() return chameleon + 1 end)))
getmetatable(chameleon).__index = function(s, k) getmetatable(s).__index = nil return "once" end
print(chameleon.k, chameleon.k)
setmetatable(chameleon, nil)
print(getmetatable(chameleon), pcall(setmetatable, chameleon))

-- A class of lazy sequences using most of them together.
local Seq = {}
Seq.__index = function(s, k) if math.type(k) == "integer" then local v = s.f(k) rawset(s, k, v) return v end return Seq[k] end
Seq.__len = function(s) return s.n end
Seq.__add = function(a, b) return setmetatable({n = math.min(#a, #b), f = function(i) return a[i] + b[i] end}, Seq) end
Seq.__concat = function(a, b) return setmetatable({n = #a + #b, f = function(i) return i <= #a and a[i] or b[i - #a] end}, Seq) end
Seq.__call = function(s, i, j) return setmetatable({n = j - i + 1, f = function(k) return s[i + k - 1] end}, Seq) end
Seq.__unm = function(s) return setmetatable({n = #s, f = function(i) return s[#s + 1 - i] end}, Seq) end
Seq.__tostring = function(s) return "<" .. table.concat(s, " ") .. ">" end
Seq.__eq = function(a, b) return tostring(a) == tostring(b) end
local evaluations = 0
local squares = setmetatable({n = 6, f = function(i) evaluations = evaluations + 1 return i * i end}, Seq)
print(tostring(squares + -squares), tostring(squares(2, 4) .. squares(1, 2)), -(-squares) == squares, evaluations)

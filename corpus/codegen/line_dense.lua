-- More than 128 instructions on one line force absolute line entries; errors inside must still find it.
local a, b, c, d = 1, 2, 3, 4
a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a a = a + b b = b + c c = c + d d = d + a
print(a, b, c, d)
local function fail(t) t.a = 1 t.b = 2 t.c = 3 t.d = 4 t.e = 5 t.f = 6 t.g = 7 t.h = 8 t.i = 9 t.j = 10 t.k = 11 t.l = 12 t.m = 13 t.n = 14 t.o = 15 t.p = 16 t.q = 17 t.r = 18 t.s = 19 t.t = 20 t.u = 21 t.v = 22 t.w = 23 t.x = 24 t.y = 25 t.z = 26 t.a = t.b t.c = t.d t.e = t.f t.g = t.h t.i = t.j t.k = t.l t.m = t.n t.o = t.p t.q = t.r t.s = t.t t.u = t.v t.w = t.x t.y = t.z t.a = t.b t.c = t.d t.e = t.f t.g = t.h t.i = t.j t.k = t.l t.m = t.n t.o = t.p t.q = t.r t.s = t.t t.u = t.v t.w = t.x t.y = t.z t.a = t.b t.c = t.d t.e = t.f t.g = t.h t.i = t.j t.k = t.l t.m = t.n t.o = t.p t.q = t.r t.s = t.t t.u = t.v t.w = t.x t.y = t.z t.a = t.b t.c = t.d t.e = t.f t.g = t.h t.i = t.j t.k = t.l t.m = t.n t.o = t.p t.q = t.r t.s = t.t t.u = t.v t.w = t.x t.y = t.z return t.a .. t.none
end
local ok, m = pcall(fail, {})
print(ok, m:match(":%d+:.*"))
local function many(n) local r = 0 if n > 1 then r = r + 1 end if n > 2 then r = r + 1 end if n > 3 then r = r + 1 end if n > 4 then r = r + 1 end if n > 5 then r = r + 1 end if n > 6 then r = r + 1 end if n > 7 then r = r + 1 end if n > 8 then r = r + 1 end if n > 9 then r = r + 1 end if n > 10 then r = r + 1 end if n > 11 then r = r + 1 end if n > 12 then r = r + 1 end if n > 13 then r = r + 1 end if n > 14 then r = r + 1 end if n > 15 then r = r + 1 end if n > 16 then r = r + 1 end if n > 17 then r = r + 1 end if n > 18 then r = r + 1 end if n > 19 then r = r + 1 end if n > 20 then r = r + 1 end if n > 21 then r = r + 1 end if n > 22 then r = r + 1 end if n > 23 then r = r + 1 end if n > 24 then r = r + 1 end if n > 25 then r = r + 1 end if n > 26 then r = r + 1 end if n > 27 then r = r + 1 end if n > 28 then r = r + 1 end if n > 29 then r = r + 1 end if n > 30 then r = r + 1 end if n > 31 then r = r + 1 end if n > 32 then r = r + 1 end if n > 33 then r = r + 1 end if n > 34 then r = r + 1 end if n > 35 then r = r + 1 end return r end
print(many(0), many(10), many(100))
-- Which lines are active, and in which order a line hook sees them.
local active = debug.getinfo(many, "L").activelines
local n = 0
for _ in pairs(active) do n = n + 1 end
print(n, debug.getinfo(fail, "S").linedefined, debug.getinfo(fail, "S").lastlinedefined)
local seen = {}
debug.sethook(function(_, l) seen[#seen + 1] = l end, "l")
local x = 1
x = x +
  1
fail = nil
debug.sethook()
print(table.concat(seen, " "))

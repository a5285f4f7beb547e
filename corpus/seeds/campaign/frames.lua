-- Frames that move, end in every way and leave things behind.
local function fixed(a, b) local x = a; handler(function(v) x = v end); return x end
local function vararg(a, ...) local x, y = ...; if x then return vararg_global(a, ...) end return y, ... end
vararg_global = function(...) local n = select("#", ...); return n, ... end
local function none() end
local function one(a) return a end
local function tail(f, ...) return f(...) end
local function tail_with_upvalue(f) local u = 1; f(function(v) u = v end); return f(u) end
local function shrink(f, n) local a, b, c, d = f, f, f, f; if n > 0 then return shrink_more(f, n - 1) end return a, b, c, d end
shrink_more = function(f, n) local t = {}; for i = 1, n do t[i] = function() return i end end return shrink(f, n) end
local function many() local t = { vararg(1, 2, 3, 4, 5, 6, 7, 8, 9) } return table.unpack(t, 1, 200) end
local co = coroutine.wrap(function(...) local a <close> = object; for i = 1, 3 do coroutine.yield(i, ...) end return ... end)
local results = { fixed(1), vararg(1, 2, 3), vararg(...), none(), (one(2)), tail(one, 3), tail_with_upvalue(object), many() }
pcall(shrink, object, 3); pcall(co, ...); pcall(co)
for i = 1, #results do local r = results[i]; if r == nil then goto continue end; pcall(tail, vararg, r, ...) ::continue:: end
return fixed, vararg, none, one, tail, tail_with_upvalue, shrink, many, select(2, ...)

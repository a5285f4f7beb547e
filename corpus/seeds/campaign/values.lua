-- Operations whose operands are trusted: names of methods, constructors, constants, concatenation.
local a, b, c = ..., 2
local t = { a, b, c, [1] = 0, x = 1, y = { z = a }, f = function(...) return ... end, ... }
t.x = t.y.z; t["a long name that is longer than forty characters"] = b; t[b] = t[1]; t[300] = a
local s = "s" .. b .. "t" .. (a or "u") .. tostring(t) .. 1.5
local n = (b + 1) * 3 - b // 2 % 5 & 7 | 8 ~ 3 << 1 >> 2
n = n + 1.5; n = 2 ^ n; n = -n; n = n // 1; n = #s + #t
local u = s:rep(2):upper():sub(1, 3); local v = ("x"):byte(); local w = s:len() > 2 and s == "s" or not t
if n < 3 then v = n elseif n >= 7.0 then v = 7 elseif n ~= 1 then v = nil elseif s < "z" then v = t <= t end
pcall(function() return object:a_rather_long_name_of_a_method_that_is_not_short(a, b, c) end)
pcall(function() local x <const> = 5; local k = a[b]; k[x] = k .. x; return k & x, k | 3, k ~ 1, k << 2, k >> 1, ~k end)
pcall(function() return a.b.c.d(t, { a, b, { c } }), #a, -a, a == b, a < b, a <= b, a .. b end)
return s, n, u, v, w, t, function(x) t, s, n = x, x, x end, { s, n, u, v, w, f = t }, select(-1, s, n)

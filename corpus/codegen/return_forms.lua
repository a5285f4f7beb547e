-- RETURN0, RETURN1, RETURN in plain, closing, vararg and mixed functions.
local function n(...) return select("#", ...), ... end
local function plain0() return end
local function plain0b() end
local function plain1(a) return a end
local function plain1k() return 42 end
local function plain2(a, b) return a, b end
local function plain3(a, b) return b, a, b end
local function semi(a) return a; end
print(n(plain0())) print(n(plain0b())) print(n(plain1())) print(n(plain1k()))
print(n(plain2(1))) print(n(plain3(1, 2))) print(n(semi(3)))

-- Functions whose locals are captured must close them on return.
local last
local function close0(a) last = function() a = (a or 0) + 1 return a end return end
local function close1(a) last = function() a = a .. "+" return a end return a end
local function close2(a, b) last = function() a, b = b, a return a, b end return a, b end
local function closeopen(a) last = function() return a end return n(a, a), plain2(a, a) end
print(n(close0(1))) print(last(), last())
print(n(close1("x"))) print(last(), last())
print(n(close2(1, 2))) print(last())
print(n(closeopen("o"))) print(last())

-- Vararg functions with zero and more fixed parameters.
local function va0(...) return end
local function va1(...) return ... end
local function va2(a, ...) return a end
local function va3(a, b, ...) return b, a, ... end
local function va4(a, ...) return ..., a end
local function va5(a, ...) local x = ... return x, a end
print(n(va0(1, 2))) print(n(va1())) print(n(va1(nil, nil))) print(n(va2(1, 2)))
print(n(va3(1, 2, 3, 4))) print(n(va4(1, 2, 3))) print(n(va5(1, 2, 3)))

-- Vararg and closing.
local function vc(a, ...)
  local b = select("#", ...)
  last = function() a = b b = b + 1 return a, b end
  return a, b, ...
end
print(n(vc("a", 1, 2))) print(last()) print(last())

-- Returns from nested blocks and loops.
local function nested(k)
  do if k == 1 then return "do" end end
  for i = 1, 3 do if i == k then return "for", i end end
  while k == 4 do return "while" end
  repeat local u = k if u == 5 then return "repeat", u end until true
  for _, v in ipairs {6, 7} do local f = function() return v end if v == k then return f(), "gen" end end
  goto fin
  ::fin:: return
end
for k = 1, 8 do io.write(k, ": ") print(n(nested(k))) end

-- Returned expressions of all kinds.
local t = {x = 1}
local function exprs(a, b) return a + b, a .. b, a < b, a == b, not a, -a, #t, t.x, t, print, nil, true, a and b, a or b, {}, function() end end
local r = table.pack(exprs(1, 2))
print(r.n, r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9] == t, r[10] == print, r[11], r[12], r[13], r[14])
return n(plain2(1, 2))

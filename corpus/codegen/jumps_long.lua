-- Jumps to jumps are shortened; jumps over long stretches; jump chains through nested structures.
local function chain(a, b, c, d)
  local r = ""
  while a do
    if b then
      if c then
        if d then r = r .. "d" else r = r .. "c" end
      else
        r = r .. "b"
      end
    else
      r = r .. "a"
    end
    if #r > 3 then break end
    a, b, c, d = b, c, d, a
  end
  return r
end
for i = 0, 15 do
  io.write(chain(i & 1 > 0, i & 2 > 0, i & 4 > 0, i & 8 > 0), ".")
end
print()

-- break out of an if chain at the end of a loop: the jump's target is the loop's own jump.
local function ends(n)
  local steps = 0
  while true do
    steps = steps + 1
    if n == 1 then break
    elseif n % 2 == 0 then n = n // 2
    else
      if n > 100 then
        n = n - 99
      else
        n = 3 * n + 1
      end
    end
  end
  return steps
end
print(ends(1), ends(6), ends(27), ends(97))

-- goto to goto to goto ...
local function hops(k)
  local n = 0
  if k == 1 then goto a elseif k == 2 then goto e else goto h end
  ::a:: goto b
  ::b:: goto c
  ::c:: goto d
  ::d:: n = n + 1 goto z
  ::e:: goto f
  ::f:: n = n + 2 if n > 0 then goto g end
  ::g:: goto z
  ::h:: do goto i end
  ::i:: while true do goto j end
  ::j:: repeat goto k until true
  ::k:: n = n + 3
  ::z:: return n
end
print(hops(1), hops(2), hops(3))

-- A loop that does nothing but jump to itself is legal as long as it is not entered.
local function idle(never)
  if never then ::spin:: goto spin end
  while never do end
  return "not entered"
end
print(idle(false))

-- A condition far from its target.
local function far(x, t)
  if x then
    t.a = 1 t.b = 2 t.c = 3 t.d = 4 t.e = 5 t.f = 6 t.g = 7 t.h = 8 t.i = 9 t.j = 10 t.k = 11 t.l = 12
    t.a = t.b t.c = t.d t.e = t.f t.g = t.h t.i = t.j t.k = t.l t.a = t.c t.b = t.d t.e = t.g t.f = t.h
    t.sum = t.a + t.b + t.c + t.d + t.e + t.f + t.g + t.h + t.i + t.j + t.k + t.l
    t.product = t.a * t.b * t.c * t.d * t.e * t.f * t.g * t.h * t.i * t.j * t.k * t.l
    t.text = t.a .. t.b .. t.c .. t.d .. t.e .. t.f .. t.g .. t.h .. t.i .. t.j .. t.k .. t.l
    for _ = 1, 2 do
      t.sum = t.sum + (t.a < t.b and t.a or t.b) + (t.c < t.d and t.c or t.d) + (t.e < t.f and t.e or t.f)
    end
  else
    t.sum, t.product, t.text = "none", "none", "none"
  end
  return t.sum, t.product, t.text
end
print(far(true, {}))
print(far(false, {}))

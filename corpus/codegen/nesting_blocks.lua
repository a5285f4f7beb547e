-- Deep nesting of statements: blocks, loops, conditions and functions.
local depth = 0
do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do
  do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do do
    depth = depth + 1
  end end end end end end end end end end end end end end end end end end end end
  end end end end end end end end end end end end end end end end end end end end
end end end end end end end end end end end end end end end end end end end end
end end end end end end end end end end end end end end end end end end end end
print(depth)

-- Ten nested numeric loops (three hidden variables and one visible each), two passes each.
local n = 0
for a = 1, 2 do for b = 1, 2 do for c = 1, 2 do for d = 1, 2 do for e = 1, 2 do
  for f = 1, 2 do for g = 1, 2 do for h = 1, 2 do for i = 1, 2 do for j = 1, 2 do
    n = n + a * b * c * d * e - f * g * h * i * j + 1
  end end end end end
end end end end end
print(n)

-- Eight nested generic loops.
local l, m = {1, 2}, 0
for _, a in ipairs(l) do for _, b in ipairs(l) do for _, c in ipairs(l) do for _, d in ipairs(l) do
  for _, e in ipairs(l) do for _, f in ipairs(l) do for _, g in ipairs(l) do for _, h in ipairs(l) do
    m = m + a + b + c + d + e + f + g + h
  end end end end
end end end end
print(m)

-- Conditions inside conditions, and a chain whose else branches nest.
local function sign(x)
  if x then if x ~= 0 then if x == x then if x > 0 then if x > 1e300 then return "huge" else
    if x < 1 then return "fraction" else if x < 10 then return "small" else if x < 100 then return "medium"
    else return "large" end end end end
  else return "negative" end else return "nan" end else return "zero" end else return "nothing" end
end
print(sign(1e301), sign(0.5), sign(5), sign(50), sign(500), sign(-1), sign(0/0), sign(0), sign(nil))

-- while and repeat alternating, with captured variables at each level.
local out = {}
local i = 0
while i < 2 do
  local w1 = i
  repeat
    local r1 = w1 + 1
    while r1 do
      local w2 = r1 * 2
      repeat
        local r2 = w2 + 1
        out[#out + 1] = function() w1 = w1 + 1 r2 = r2 + w1 return r2 end
        if i == 1 then goto leave end
      until r2 > 0
      break
    end
  until r1
  i = i + 1
end
::leave::
for _, f in ipairs(out) do io.write(f(), " ", f(), " ") end
print()

-- Functions declared at each level, each using the variable of its own level.
local function a() local v = 1 local function b() local v = v + 1 local function c() local v = v + 1
  local function d() local v = v + 1 local function e() local v = v + 1 return v end return e() * v end
  return d() * v end return c() * v end return b() * v end
print(a())

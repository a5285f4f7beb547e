-- Empty statements, nested blocks, scoping and shadowing.
;;; local a = 1; ; local b = 2;;
do end do ; end do do do end end end
do local a = "inner"; print(a) end
print(a, b);

-- Shadowing step by step; each right side sees the previous one.
local x = 1
local x = x + 1
local x, y = x * 10, x
do
  local x = x .. "!"
  do local x = #x; print(x) end
  print(x)
end
print(x, y)

-- A local is not visible in its own initialiser, but a local function is.
local f = function() return type(f) end
local function g() return type(g) end
print(f(), g())

-- Registers are reused after blocks.
do local p, q, r = 1, 2, 3 end
local s, t, u
print(s, t, u)
do
  local p = "p"
  do local q = p .. "q"; do local r = q .. "r"; print(r) end end
  local q2
  print(p, q2)
end

-- A declaration without value after a value in the same register.
for i = 1, 2 do
  local v
  if i == 1 then v = "set" end
  io.write(tostring(v), " ")
end
print()

-- Function bodies, if arms, loops: each with its own scope.
local name = "outer"
if name then local name = "arm" end
while name do local name = "loop" break end
for name = 1, 1 do end
for name in pairs {} do end
repeat local name = true until name
local function h(name) name = "param" return name end
print(name, h(), name)

-- Return with and without semicolon, at the end of blocks.
local function r1() return; end
local function r2() do return 1; end end
local function r3(c) if c then return end return 3 end
print(r1(), r2(), r3(), (r3(1)))
goto fin;
do print "never" end;
::fin::;
return;

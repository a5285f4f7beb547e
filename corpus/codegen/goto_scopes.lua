-- Labels: visibility, reuse of names in sibling and nested functions, nested blocks, CLOSE on leaving.
do goto x; ::x:: end
do goto x; ::x:: end

local function f() goto x; ::x:: return "f" end
do
  goto y
  ::y::
end
print(f())

-- A label is visible in nested blocks, but not in nested functions: they have their own.
do
  local function inner()
    local n = 0
    ::again::
    n = n + 1
    if n < 4 then goto again end
    return n
  end
  local m = 0
  ::again::
  m = m + inner()
  if m < 10 then goto again end
  print(m)
end

-- Leaving several blocks at once.
local fns = {}
for i = 1, 2 do
  for j = 1, 2 do
    local a = i .. j
    do
      local b = a .. "!"
      while true do
        local c = b .. "?"
        fns[#fns + 1] = function() c = c .. "." return c, b, a end
        if j == 2 then goto outer end
        break
      end
    end
  end
  ::outer::
end
for _, g in ipairs(fns) do print(g()) end

-- Jump over a block, into the end of the enclosing one, and across empty statements.
do
  local v = 1
  if v == 1 then goto last end
  v = 2
  do local w = v end
  ::last::;;;
end

-- Same label name in the arms of an if.
for k = 1, 2 do
  if k == 1 then
    goto e
    ::e::
    io.write("arm1 ")
  else
    goto e
    ::e::
    io.write("arm2\n")
  end
end

-- goto in an if used as computed dispatch.
local function day(n)
  local name
  if n == 1 then goto mon elseif n == 2 then goto tue else goto other end
  ::mon:: name = "Monday" goto fin
  ::tue:: name = "Tuesday" goto fin
  ::other:: name = "later"
  ::fin:: return name
end
print(day(1), day(2), day(3))

-- goto is not reserved as a field name of strings, and labels do not clash with variables.
local t = {["goto"] = 1}
local here = "variable"
goto here
do print "skipped" end
::here::
print(t["goto"], here)

-- Jumps chains: jump to jump to jump.
local n = 0
goto a
::c:: n = n + 100 goto d
::b:: n = n + 10 goto c
::a:: n = n + 1 goto b
::d:: print(n)

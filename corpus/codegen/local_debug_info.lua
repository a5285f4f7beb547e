-- Names and lifetimes of local variables as seen by the debug library.
local function locals(level)
  local t = {}
  local i = 1
  while true do
    local n, v = debug.getlocal(level + 1, i)
    if not n then break end
    t[#t + 1] = n .. (type(v) == "number" and "=" .. v or "")
    i = i + 1
  end
  return table.concat(t, " ")
end

local function scopes(p, q, ...)
  print("enter", locals(1))
  local a = 10
  do
    local b, c = 20, 30
    print("block", locals(1))
    local b = 40
    print("shadow", locals(1))
  end
  print("after", locals(1))
  local k <const> = 5
  local r <const> = a + 1
  print("const", locals(1), k)
  for i = 1, 1 do
    local d = i * 100
    print("for", locals(1))
  end
  for k, v in pairs {x = 7} do print("in", locals(1)) end
  while a do local e = 1 print("while", locals(1)) break end
  repeat local f = 2 until print("until", locals(1)) == nil
  local function g() return locals(1) end
  print("function", locals(1), g())
  if a then local h = 3 print("if", locals(1)) end
  goto l
  ::l::
  local z <close> = nil
  print("end", locals(1))
end
scopes(1, 2, 3, 4)

-- Varargs have negative indices; parameters are known without running.
local function va(a, ...)
  return (debug.getlocal(1, -1)), select(2, debug.getlocal(1, -2)), debug.getlocal(1, -3)
end
print(va(1, 2, 3))
print(debug.getlocal(va, 1), debug.getlocal(scopes, 2), debug.getlocal(va, 2))

-- Assigning through the debug library.
local function set()
  local x, y = 1, 2
  print(debug.setlocal(1, 1, "one"), debug.setlocal(1, 2, y + 5), debug.setlocal(1, 50, 0))
  return x, y
end
print(set())
local info = debug.getinfo(scopes, "Su")
print(info.what, info.nparams, info.isvararg, info.nups, info.lastlinedefined - info.linedefined)
print(debug.getinfo(1, "S").what, debug.getinfo(print, "S").what, debug.getinfo(print, "u").isvararg)

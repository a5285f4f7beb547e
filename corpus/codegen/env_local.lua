-- _ENV as a local variable: globals become fields of whatever it holds.
local print, setmetatable, tostring = print, setmetatable, tostring
local original = _ENV

do
  local _ENV = {print = print}
  x = 1
  y = x + 1
  print(x, y, type, tostring(nil))
  function f() return x, y end
  print(f())
end
print(x, y, f)

do
  local _ENV <const> = {n = 5}
  n = n * 2
  print(n, original.n)
end

-- Assigned in place.
do
  local saved = _ENV
  _ENV = {v = "swapped"}
  local got = v
  _ENV = saved
  print(got, v)
end

-- A proxy environment.
do
  local trail = {}
  local _ENV = setmetatable({}, {
    __index = function(_, k) trail[#trail + 1] = "r:" .. k; return original[k] end,
    __newindex = function(_, k) trail[#trail + 1] = "w:" .. k end,
  })
  a = 1
  local b = a
  local t = table
  print(b, t == original.table)
  print(original.table.concat(trail, " "))
end

-- Not a table at all.
local ok, msg = original.pcall(function()
  local _ENV = nil
  return z
end)
print(ok, (msg:gsub("^[^:]*:%d+: ", "")))
ok, msg = original.pcall(function()
  local _ENV <const> = 10
  z = 1
end)
print(ok, (msg:gsub("^[^:]*:%d+: ", "")))
do
  local _ENV = "a string"
  print(upper("abc"), nothing)
end

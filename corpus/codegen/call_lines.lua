-- Lines of calls and operators spread over several source lines, seen in errors and tracebacks.
local function at(f, ...)
  local ok, m = pcall(f, ...)
  return m:match(":(%d+):") or m
end
local nothing
local function multi(n)
  return n(
    1,
    2
  )
end
print(at(multi))
print(at(function()
  nothing
    (
      1
    )
end))
print(at(function()
  local t = {}
  t
    .a
    .b
    .c()
end))
print(at(function()
  local s = "x"
  s
    :upper()
    :nope(
      1
    )
end))
print(at(function()
  return 1 +
    nothing
end))
print(at(function()
  return nothing
    .. "x"
    .. "y"
end))
print(at(function()
  return "x" ..
    "y" ..
    nothing
end))
print(at(function()
  local a, b = {},
    2
  local c = a
    <
    b
end))
print(at(function()
  local t = {
    x = 1,
    y = nothing.z,
  }
end))
print(at(function()
  for i = 1,
    "x"
  do
  end
end))
print(at(function()
  for k
    in
    nothing
  do
  end
end))
print(at(function()
  return -
    {}
end))
print(at(function()
  nothing.x
    =
    5
end))
print(at(function()
  local a
  a, nothing.b, a =
    1,
    2,
    3
end))
print(at(function()
  if nothing
    and true
    or nothing > 1
  then
  end
end))
print(at(function() error("here") end), at(function() error("caller", 2) end), at(function() error("no position", 0) end))
-- Function definitions take the line where they begin.
print(at(function()
  function
    nothing.method
    ()
    return 1
  end
end))
local tb = (function()
  return debug.traceback(
    "trace"
  ) .. ""
end)()
print((tb:gsub("\n%s*%[C%].*", ""):gsub("[^\n\t ]*call_lines", "call_lines")))

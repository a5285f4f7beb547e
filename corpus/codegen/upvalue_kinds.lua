-- Captured variables of each kind: regular, const at run time, to-be-closed, parameters, loop variables.
local function names(f)
  local t = {}
  local i = 1
  while true do
    local n, v = debug.getupvalue(f, i)
    if not n then break end
    t[i] = n .. "=" .. (type(v) == "table" and "table" or tostring(v))
    i = i + 1
  end
  return #t .. ": " .. table.concat(t, ", ")
end

local regular = 1
local const <const> = 2
local runtime <const> = select("#", 1, 2, 3)
local closed = {}
local function all(param, ...)
  local res <close> = setmetatable({}, {__close = function() closed[#closed + 1] = "res" end})
  local extra = select("#", ...)
  local fns = {}
  for i = 1, 2 do
    for k, v in ipairs {"x"} do
      fns[#fns + 1] = function()
        regular = regular + 1
        return regular, const, runtime, param, res, extra, i, k, v
      end
    end
  end
  local function inner()
    return function() return res, runtime, const end
  end
  return fns[1], fns[2], inner()
end
local f, g, h = all("P", nil, nil)
print(names(f))
print(names(g))
print(names(h))
print(#closed, type(h()), select(2, f()), regular)
print(select(2, h()), select(3, h()))

-- A const cannot be assigned through an inner function either, which only the compiler knows.
print(load("local c <const> = {} ; return function() c = 1 end"))
print(load("local c <close> = nil ; return function() return function() c = 1 end end"))
print(load("local c <const> = 5 ; return function() return function() c = 1 end end"))

-- debug.setupvalue knows no attributes.
local function getruntime() return runtime end
print(debug.setupvalue(getruntime, 1, "forced"), getruntime(), runtime)

-- Same name at several levels becomes separate upvalues.
local function levels()
  local v = 1
  local function a()
    local w = v
    local v = 2
    return function() return v, w end, function() return w end
  end
  local x, y = a()
  return names(x), names(y), names(a)
end
print(levels())

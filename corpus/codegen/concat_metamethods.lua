-- __concat over chains: which pairs are combined, in which order.
local log = {}
local function name(v) return type(v) == "table" and v.n or tostring(v) end
local mt = {}
mt.__concat = function(x, y)
  local r = "(" .. name(x) .. "." .. name(y) .. ")"
  log[#log + 1] = r
  return r
end
local function new(n) return setmetatable({n = n}, mt) end
local A, B = new "A", new "B"
local function flush() print(table.concat(log, " ")) log = {} end

print(A .. B) flush()
print("s" .. A, A .. "s", 1 .. A, A .. 1.5) flush()
print("x" .. "y" .. A) flush()
print(A .. "x" .. "y") flush()
print("a" .. "b" .. A .. "c" .. "d") flush()
print(A .. B .. A) flush()
print((A .. B) .. A) flush()
print(1 .. 2 .. A .. 3 .. 4 .. B .. 5 .. 6) flush()

-- A handler returning a table keeps the chain going.
local acc = {}
acc.__concat = function(x, y)
  local r = setmetatable({}, acc)
  for _, v in ipairs(type(x) == "table" and x or {x}) do r[#r + 1] = v end
  for _, v in ipairs(type(y) == "table" and y or {y}) do r[#r + 1] = v end
  return r
end
local L = setmetatable({10}, acc)
local joined = 1 .. L .. 2 .. L .. "end"
print(#joined, table.concat(joined, ","))

-- nil, booleans and functions reach the handler too; results are cut to one.
local any = setmetatable({}, {__concat = function(x, y) return type(x) .. "+" .. type(y), "dropped" end})
print(any .. nil, nil .. any, any .. true, print .. any, any .. any)
print(select("#", any .. 1))

-- Only the second operand's handler is asked when the first has none.
local none = setmetatable({n = "none"}, {})
print(type(none) , none .. A == "(none.A)", pcall(function() return none .. 1 end))
flush()

-- Handlers which raise or yield in the middle of a chain.
local bad = setmetatable({}, {__concat = function() error("no concat", 0) end})
print(pcall(function() return "a" .. bad .. "b" end))
local co = coroutine.wrap(function()
  local y = setmetatable({}, {__concat = function(x, z)
    return coroutine.yield(type(x) == "string" and x or type(z) == "string" and z or "?")
  end})
  return "1" .. y .. "2" .. "3"
end)
print(co())
print(co("mid"))

-- errors as control flow: messages with positions, error objects, handlers with tracebacks, closing
local N = tonumber((...)) or 100
local function parse(s)
  local n = tonumber(s)
  if not n then error("not a number: " .. s) end
  if n < 0 then error({ code = "negative", value = n }) end
  return n
end
local function safe(s)
  local ok, result = pcall(parse, s)
  if ok then return result end
  if type(result) == "table" then return -result.value end
  return #result
end
local function traced(depth)
  if depth == 0 then local t = nil; return t.field end
  return (traced(depth - 1))
end
local Failure = {}
Failure.__index = Failure
Failure.__tostring = function(self) return "failure " .. self.n end
local function fail(n) error(setmetatable({ n = n }, Failure)) end
local function rethrow(n)
  local ok, e = pcall(fail, n)
  if not ok then e.n = e.n + 1; error(e, 0) end
end
local closed = 0
local closer = { __close = function(_, e) closed = closed + (e and 2 or 1) end }
local function with_resource(n)
  local first <close> = setmetatable({}, closer)
  local second <close> = setmetatable({}, closer)
  if n % 2 == 0 then error("even", 0) end
  return n
end
local inputs = { "12", "x", "-3", "0x10", "abc", "7.5", "-8" }
local sum, lines = 0, 0
for r = 1, N do
  for i = 1, 700 do sum = sum + safe(inputs[i % #inputs + 1]) end
  for i = 1, 60 do
    local ok, trace = xpcall(traced, debug.traceback, 10)
    local _, n = trace:gsub("\n", "")
    lines = lines + n
  end
  for i = 1, 500 do
    local ok, e = pcall(rethrow, i)
    sum = sum + e.n + #tostring(e)
  end
  for i = 1, 400 do
    local ok, result = pcall(with_resource, i)
    sum = sum + (ok and result or 1)
  end
  for i = 1, 300 do
    local ok, message = pcall(error)
    if message == nil then sum = sum + 1 end
    ok, message = pcall(string.rep)
    sum = sum + #message
    ok, message = pcall(function(a, b) return a + b.c end, 1, {})
    sum = sum + #message
    ok, message = pcall(next, {}, "missing")
    sum = sum + (select(2, pcall(assert, false, i)))
  end
end
print(sum, lines, closed)

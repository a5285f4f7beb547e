-- Ends in an uncaught error whose value is nil; other values are tried in protected calls first.
-- A small test framework reports what each test raises.
local results, failures = {}, 0
local function test(name, f, expect)
  local r = table.pack(xpcall(f, function(e)
    return {value = e, kind = type(e), where = debug.traceback("", 2):match("([%w_]+%.lua:%d+)")}
  end))
  local line
  if r[1] then
    line = "returned " .. r.n - 1
  else
    local e = r[2]
    line = "raised " .. e.kind .. " " .. (e.kind == "string" and e.value:gsub("^.-([%w_]+%.lua:)", "%1") or e.kind == "number" and tostring(e.value) or "")
    line = line .. " at " .. tostring(e.where)
  end
  local ok = expect == nil or line:find(expect, 1, true) ~= nil
  if not ok then failures = failures + 1 end
  results[#results + 1] = (ok and "ok   " or "FAIL ") .. name .. ": " .. line
end

test("nothing", function() end, "returned 0")
test("values", function() return 1, nil, 3, nil end, "returned 4")
test("string", function() error "text" end, "raised string")
test("no position", function() error("text", 0) end, "raised string text")
test("integer", function() error(42) end, "raised number 42")
test("float", function() error(4.0) end, "raised number 4.0")
test("boolean", function() error(false) end, "raised boolean")
test("table", function() error {} end, "raised table")
test("function", function() error(print) end, "raised function")
test("thread", function() error(coroutine.create(print)) end, "raised thread")
test("file", function() error(io.stdout) end, "raised userdata")
test("nil", function() error() end, "raised nil")
test("assert nil", function() assert(nil) end, "assertion failed!")
test("assert false", function() assert(false, nil) end, "raised nil")
test("assert object", function() assert(false, {1}) end, "raised table")
test("runtime", function() return nil .. "x" end, "attempt to concatenate")
test("nested", function() test("inner", function() error("inner", 0) end) error("outer", 0) end, "outer")
test("tail", function() return error("tail", 0) end, "raised string tail")
test("coroutine", function() return coroutine.wrap(function() error({}) end)() end, "raised table")
test("number to string", function() error(12, 1) end, "raised number 12")
test("wrong on purpose", function() return 1 end, "raised")
for _, l in ipairs(results) do print(l) end
print(#results, failures)

-- What the stand-alone interpreter would print is decided by the value: strings and numbers as they are,
-- objects by __tostring, everything else by its type.
local function shown(v)
  if type(v) == "string" or type(v) == "number" then return tostring(v) end
  local mt = getmetatable(v)
  if type(mt) == "table" and mt.__tostring then return tostring(v) end
  return ("(error object is a %s value)"):format(type(v))
end
print(shown "s", shown(1.5), shown(nil), shown {}, shown(setmetatable({}, {__tostring = function() return "T" end})), shown(true))
local at_exit <close> = setmetatable({}, {__close = function(_, e) print("closing with", e) end})
error(nil)

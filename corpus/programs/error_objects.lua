-- Errors as values: tables, classes, codes, rethrowing, wrapping causes, finally, retry, contracts.
local Error = {}
Error.__index = Error
function Error.__tostring(e) return e.kind .. ": " .. e.message .. (e.cause and " <- " .. tostring(e.cause) or "") end
local function define(kind, parent)
  local c = setmetatable({kind = kind}, {__index = parent or Error, __call = function(cls, message, cause)
    return setmetatable({message = message, cause = cause}, cls)
  end})
  c.__index, c.__tostring, c.parent = c, Error.__tostring, parent
  return c
end
local IOError = define "IOError"
local NotFound = define("NotFound", IOError)
local ParseError = define "ParseError"
local function is(e, class)
  local c = type(e) == "table" and getmetatable(e) or nil
  while c do
    if c == class then return true end
    c = rawget(c, "parent")
  end
  return false
end

-- try { body, catch = { {class, handler}, ... }, finally = f }
local function try(block)
  local r = table.pack(pcall(block[1]))
  local pending
  if not r[1] then
    pending = true
    for _, c in ipairs(block.catch or {}) do
      if c[1] == "any" or is(r[2], c[1]) then
        r = table.pack(pcall(c[2], r[2]))
        pending = not r[1]
        break
      end
    end
  end
  if block.finally then block.finally() end
  if pending then error(r[2], 0) end
  return table.unpack(r, 2, r.n)
end

local files = {config = "size=10\nname=x", broken = "size", empty = ""}
local function open(name) return files[name] or error(NotFound("no file " .. name)) end
local function parse(name)
  local t = {}
  for line in open(name):gmatch("[^\n]+") do
    local k, v = line:match("^(%w+)=(%w+)$")
    if not k then error(ParseError("bad line '" .. line .. "' in " .. name)) end
    t[k] = tonumber(v) or v
  end
  return t
end
local trace = {}
local function load_config(name)
  return try {
    function() return parse(name).size, "loaded" end,
    catch = {
      {NotFound, function(e) return 0, "default (" .. e.message .. ")" end},
      {ParseError, function(e) error(IOError("cannot load " .. name, e)) end},
    },
    finally = function() trace[#trace + 1] = name end,
  }
end
print(load_config "config")
print(load_config "missing")
print(load_config "empty")
local ok, e = pcall(load_config, "broken")
print(ok, tostring(e), is(e, IOError), is(e, NotFound), is(e.cause, ParseError), is("text", IOError))
print(table.concat(trace, " "))
print(pcall(try, {function() error("plain", 0) end, catch = {{IOError, print}}}))
print(try {function() error("plain", 0) end, catch = {{"any", function(m) return "got " .. m end}}})
print(pcall(try, {function() return 1 end, finally = function() error("in finally", 0) end}))

-- Non-string, non-table error values keep identity and type.
for _, v in ipairs {1, 2.5, true, false, print, coroutine.create(print)} do
  local good, got = pcall(error, v)
  print(good, got == v, type(got))
end
print(pcall(error, nil), pcall(error), select("#", pcall(error)))
print(pcall(error, "msg", 1), pcall(error, "msg", 2))
print(pcall(error, setmetatable({}, {__tostring = function() return "x" end})) == false)

-- Positions by level: this line, the caller's, the caller's caller's.
local function thrower(level) error("level " .. level, level) end
local function middle(level) thrower(level) end
for level = 0, 3 do
  local _, m = pcall(middle, level)
  print(level, (m:gsub("^.-([%w_]+%.lua)", "%1")))
end

-- Retry with growing patience; the last failure is reported with its history.
local function retry(times, f)
  local history = {}
  for n = 1, times do
    local r = table.pack(pcall(f, n))
    if r[1] then return table.unpack(r, 2, r.n) end
    history[#history + 1] = tostring(r[2])
  end
  error(IOError("gave up after " .. times .. ": " .. table.concat(history, ", ")), 0)
end
print(retry(5, function(n) if n < 3 then error("attempt " .. n, 0) end return "ok on", n end))
ok, e = pcall(retry, 2, function(n) error(NotFound("try " .. n)) end)
print(ok, tostring(e), getmetatable(e) == IOError)

-- Contracts: argument checks that blame the caller.
local function checked(types, f)
  return function(...)
    for i, t in ipairs(types) do
      local v = select(i, ...)
      if type(v) ~= t then error(("argument %d: %s expected, got %s"):format(i, t, type(v)), 2) end
    end
    return f(...)
  end
end
local repeated = checked({"string", "number"}, string.rep)
print(repeated("ab", 2))
ok, e = pcall(function() repeated("ab", "2") end)
print(ok, (e:gsub("^.-([%w_]+%.lua)", "%1")))

-- assert with messages of any type, and with extra values.
print(pcall(assert, false))
print(pcall(assert, nil, "message"))
print(select(2, pcall(assert, false, {code = 1})).code)
print(pcall(assert))
print(assert(1, "unused", "passed"), select("#", assert(1, 2, 3)))
print(select(2, pcall(assert, false, nil)))
-- An error while building an error message.
print(pcall(function() error("a" .. nil) end))
ok, e = pcall(error, setmetatable({}, {__tostring = function() error("nested") end}))
print(ok, type(e), pcall(tostring, e))
print(pcall(tostring, setmetatable({}, {__tostring = function() return 1 end})))
print(tostring(setmetatable({}, {__name = "My.Type"})):match("^My.Type: "))

-- string.dump: round trips of functions with all kinds of contents, stripping, damaged chunks.
local function same(f, ...)
  local a = table.pack(pcall(f, ...))
  for _, strip in ipairs {false, true} do
    local g = assert(load(string.dump(f, strip), "=dumped", "b"))
    local b = table.pack(pcall(g, ...))
    if a.n ~= b.n then return false, strip end
    for i = 1, a.n do
      if a[i] ~= b[i] and not (a[i] ~= a[i] and b[i] ~= b[i]) and type(a[i]) ~= "table" and type(a[i]) ~= "function" then return false, strip, a[i], b[i] end
    end
  end
  return true
end
print(same(function() end))
print(same(function(...) return select("#", ...), ... end, 1, nil, 3))
print(same(function(a, b, c) return c, b, a end, 1, 2, 3))
print(same(function() return 1, -1, 65536, 65537, 1 << 62, math and 0 or 0 end == nil and print or function() return 1, -1, 65537, 1 << 62 end))
print(same(function() return 1.5, 0.0, -0.0, 1e300, 2^53, 0x1p-1074, 3.0 end))
print(same(function() return "short", "a string that is much longer than forty characters, so it is stored apart", "", "zero\0inside", "\255\254" end))
print(same(function() return true, false, nil end))
print(same(function(n) local t = {1, 2, 3, x = "y", [n] = n} return #t, t.x, t[n] end, 10))
print(same(function(n) local s = 0 for i = 1, n do s = s + i end for i = n, 1, -1 do s = s * 2 end return s end, 10))
print(same(function(n) local t = {} for k = 1, n do t[k] = function() k = k + 1 return k end end return t[1](), t[2](), t[1]() end, 2))
print(same(function(n) local function fact(k) return k == 0 and 1 or k * fact(k - 1) end return fact(n) end, 15))
print(same(function(x) goto skip ::back:: do return "done" .. x end ::skip:: if x then goto back end end, "!"))
print(same(function() local a <const>, b <close> = 5, nil return a, b end))
print(same(function(a) return (function() return (function() return a end)() end)() end, "deep"))
print(same(function(x) while true do x = x // 2 if x == 0 then break end end repeat x = x + 1 until x > 3 return x end, 100))

-- Debug information: names and lines with and without stripping.
local function broken(t)
  local value = t.field
  return value.deeper
end
print((select(2, pcall(broken, {})):gsub("^[^:]*:", "line:")))
print((select(2, pcall(load(string.dump(broken)), {})):gsub("^[^:]*:", "line:")))
print(select(2, pcall(load(string.dump(broken, true)), {})))
print(select(2, pcall(load(string.dump(broken, true), "=ignored name"), {})))
local s = load(string.dump(broken, true))
local i = debug.getinfo(s, "Slnu")
print(i.source, i.short_src, i.linedefined, i.lastlinedefined, i.what, i.currentline, i.nups, i.nparams, i.isvararg)
print(debug.getlocal(s, 1), debug.getlocal(broken, 1), next(debug.getinfo(s, "L").activelines or {}))
print(#string.dump(broken) > #string.dump(broken, true), string.dump(broken) == string.dump(broken), string.dump(broken, true) == string.dump(load(string.dump(broken, true)), true))

-- Upvalues are not part of a dump: they come back as fresh nils; the first gets the globals when loaded.
local counter = 0
local function count() counter = counter + 1 return counter end
count()
local d = load(string.dump(count))
print(pcall(d))
print(debug.setupvalue(d, 1, 100), d(), d(), counter)
local a1, a2, a3 = 1, 2, 3
local three = load(string.dump(function() return a1, a2, a3 end))
print(select("#", three()), (three()) == _G, select(2, three()))
local env_only = load(string.dump(function() return tostring(print) == tostring(_G.print) end))
print(env_only())
print((debug.getupvalue(load(string.dump(count)), 1)), (debug.getupvalue(load(string.dump(count, true)), 1)))

-- Wrong uses.
print(pcall(string.dump, print))
print(pcall(string.dump))
print(pcall(string.dump, "x"))
print(pcall(string.dump, setmetatable({}, {__call = print})))

-- The header: signature, version, format, check data, sizes, check numbers.
local h = string.dump(function() end)
print(("%q"):format(h:sub(1, 4)), h:byte(5), h:byte(6), ("%q"):format(h:sub(7, 12)), h:byte(13), h:byte(14), h:byte(15), string.unpack("<i8", h, 16), string.unpack("<d", h, 24), h:byte(32))

-- Each cut-off prefix is refused, none is accepted or crashes.
local refused, messages = 0, {}
for n = 1, #h - 1 do
  local f, e = load(h:sub(1, n), "=cut", "b")
  if not f then refused = refused + 1 messages[e] = true end
end
local list = {}
for m in pairs(messages) do list[#list + 1] = m end
table.sort(list)
print(refused == #h - 1, table.concat(list, " / "))
for _, change in ipairs {{1, "x"}, {2, "x"}, {5, "\x53"}, {6, "\1"}, {7, "x"}, {10, "x"}, {13, "\8"}, {14, "\4"}, {15, "\4"}, {16, "\0"}, {24, "\1"}} do
  local bad = h:sub(1, change[1] - 1) .. change[2] .. h:sub(change[1] + 1)
  print(change[1], load(bad, "=bad"))
end
-- Dumps of a function made by load, and a dump of a dump.
local l = load("local x = ... return x and x * 2 or 'none'", "=loaded")
local once = string.dump(l)
local twice = string.dump(load(once))
print(once == twice, load(twice)(21), load(twice)())
print(same(load "return (...) == nil", nil))
-- Large function: many constants and instructions.
local parts = {"local t = {}"}
for k = 1, 400 do parts[#parts + 1] = ("t[%d] = 'c%d' .. %d.5"):format(k, k, k) end
parts[#parts + 1] = "return #t, t[1], t[400]"
local big = load(table.concat(parts, "\n"))
print(same(big), #string.dump(big) > 10000, big())

-- load with strings, functions, modes, environments, names; chunks as functions; generated code.
local function show(...) local t = table.pack(...) for i = 1, t.n do local k = type(t[i]) t[i] = (k == "function" or k == "table") and k or tostring(t[i]) end print(table.concat(t, " | ")) end
show(load("return 1 + 1")())
show(load("local a, b = ... return b, a, select('#', ...)")(1, nil, 3))
show(load("x = 5; return x", "chunk", "t", {})(), x)
show(load(""), load("")())
show(load("return ..."))
show((load "syntax error here"))
show(load "syntax error here")
show(load("return", "=custom name"))
show(load("x =", "=custom name"))
show(load("x =", "@file.lua"))
show(load("x =", "x = many\nlines"))
show(load("x =", ("long "):rep(30)))
show(load("x =", "=" .. ("y"):rep(100)))
show(load("x =", "@" .. ("z/"):rep(60) .. "end.lua"))
show(load("x =", ""))
show(load("x =", "\n"))
show(load("\n\n\n@", "=lines"))
show(load("return 1", "n", "b"))
show(load(string.dump(function() return 1 end), "n", "t"))
show(load(string.dump(function() return "from binary" end), "n", "b")())
show(pcall(load, "return 1", "n", "x"))
show(load("\27Lua", "bin"))
show(load("\27not a chunk at all", "=bin"))
show(load(string.dump(load "return 1"):sub(1, -5), "=cut"))

-- Reader functions: pieces, empty string and nil as ends, errors, wrong results.
local function pieces(...)
  local list, i = {...}, 0
  return function() i = i + 1 return list[i] end
end
show(load(pieces("return ", "1", "0", " + ", "5"))())
show(load(pieces("return 'a", "bc", "d'"))())
show(load(pieces("return 7", "", " + garbage"))())
show(load(pieces())())
local bytes = {}
for c in ("local s = 0 for i = 1, 10 do s = s + i end return s"):gmatch "." do bytes[#bytes + 1] = c end
show(load(pieces(table.unpack(bytes)))())
show(pcall(load, pieces("x = ", {}), "=reader"))
show(load(pieces("return 1\n", "+\n", ")"), "=reader"))
local chunk = string.dump(function(a) return a * 2 end)
show(load(pieces(chunk:sub(1, 10), chunk:sub(11, 11), chunk:sub(12)))(21))

-- Environments: shared, isolated, with metatables, replaced later.
local env = {print = print}
load("value = 1", "c", "t", env)()
load("value = value + 1 function f() return value end", "c", "t", env)()
env.value = 10
show(env.f(), env.value, rawget(_G, "value"))
local strict = setmetatable({}, {__index = function(_, k) error("undefined " .. k, 2) end, __newindex = function(_, k) error("no global " .. k, 2) end})
show(pcall(load("return foo", "=strict", "t", strict)))
show(pcall(load("bar = 1", "=strict", "t", strict)))
show(pcall(load("local a = 1 return a", "=strict", "t", strict)))
local f = load("return _ENV, g1")
debug.setupvalue(f, 1, {g1 = "replaced"})
show(select(2, f()))
show(load("_ENV = {a = 5} return a")(), type(print))
show(pcall(load("return print", "=nilenv", "t", nil)))
show(load("return _ENV", "c", "t", 42)())
-- Functions with several upvalues keep only the first as environment when dumped and loaded.
local up1, up2 = "one", "two"
local g = load(string.dump(function() return up1, up2 end))
show(pcall(g))
debug.setupvalue(g, 2, "second")
show(select("#", g()), select(2, g()), debug.getupvalue(g, 1))

-- Generated code: unrolled loops, dispatch tables, memoised compilation, a tiny macro language.
local function power(n)
  local code = {"local x = ... local r = 1 "}
  for bit in (function(v) local s = "" repeat s = (v & 1) .. s v = v >> 1 until v == 0 return s end)(n):gmatch "." do
    code[#code + 1] = bit == "1" and "r = r * r * x " or "r = r * r "
  end
  code[#code + 1] = "return r"
  return assert(load(table.concat(code), "=pow" .. n))
end
show(power(10)(2), power(0)(5), power(13)(3), power(62)(2))
local cache, misses = {}, 0
local function lambda(src)
  if not cache[src] then
    misses = misses + 1
    local params, body = src:match("^(.-)%->(.*)$")
    cache[src] = assert(load("return function(" .. params .. ") return " .. body .. " end", "=lambda"))()
  end
  return cache[src]
end
show(lambda "x -> x * x"(7), lambda "a, b -> a .. b"("p", "q"), lambda "x -> x * x"(8), lambda "... -> select('#', ...)"(1, 2, 3), misses)
show(pcall(lambda, "x -> x +"))
local source = [[
local n = 0
for i = 1, LIMIT do
  REPEAT(3) n = n + i END
end
return n]]
source = source:gsub("LIMIT", "4"):gsub("REPEAT%((%d+)%)(.-)END", function(k, body) return body:rep(tonumber(k)) end)
show(load(source, "=macro")())

-- A program that prints itself, and one that builds the next.
local quine = "local s = %q return s:format(s)"
local text = quine:format(quine)
show(load(text)() == text)
local step = "return 'return ' .. %d + 1"
show(load(load(step:format(41))())())
-- Deep nesting of chunks; error positions inside them.
local src = "error('deep')"
for i = 1, 6 do src = ("local ok, e = pcall(load(%q, '=level%d')) error(e, 0)"):format(src, i) end
show(pcall(load(src, "=top")))
show(pcall(load("\n\nlocal x = nil\nreturn x.y", "=line4")))
show(#string.dump(load(("x = x + 1\n"):rep(100))) > 500, load(("x = (x or 0) + 1\n"):rep(100) .. "return x", "many", "t", {})())
show(pcall(load, nil), pcall(load))
show(pcall(load, {}))
show(dofile == nil, loadstring == nil, pcall(loadfile, "/no/such/file.lua"))
show(loadfile("/no/such/file.lua"))
show(pcall(dofile, "/no/such/file.lua"))

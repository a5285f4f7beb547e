-- CONCAT: chains merge to one instruction, right associative, numbers converted.
local a, b, c = "a", "b", "c"
print(a .. b, a .. b .. c, a .. b .. c .. a .. b .. c, (a .. b) .. c, a .. (b .. c))
print(1 .. 2, 1.5 .. "|", -1 .. "", 2^53 .. "", 1e100 .. "", 10 // 3 .. "", 7 / 2 .. "")
print(a .. 1 .. b .. 2.0 .. c, "" .. a .. "", "" .. "")
print(1e15 .. " " .. 1e16 .. " " .. 123456789012345678 .. " " .. 0.1 .. " " .. -0.0)
print(1/0 .. "", -1/0 .. "", math.mininteger .. "")

-- Precedence: above shifts, below additions.
print(1 + 2 .. 3 + 4, 2 * 3 .. -4, "x" .. 1 + 1 .. "y", #a .. #b, -"2" .. 0, "1" + 1 .. "")
print(a .. b == "ab", a .. "z" < b)

-- Operands from everywhere; temporaries must be consecutive.
g = "g"
local t = {f = "f", [1] = "one"}
local function call(...) return ... end
local function va(...) return "<" .. ... .. ">" end
print(a .. g .. t.f .. t[1] .. call("x", "y") .. (call("p", "q")) .. va("v", "w") .. #t .. tostring(nil))

-- In place growth, in loops, nested in calls and constructors.
local s = ""
for i = 1, 20 do s = s .. i .. (i < 20 and "," or "") end
print(s)
local q = {a .. b, k = b .. c, [a .. c] = "computed" .. "!"}
print(q[1], q.k, q.ac, call(a .. b, c .. a))

-- Long results and many operands.
local e = "e"
local long = e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e ..
  e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e .. e
print(#long, #(long .. long .. long .. long), long .. "" == long)
local grow = "x"
for _ = 1, 12 do grow = grow .. grow end
print(#grow, ("\0" .. "\0"):byte(1, -1))

-- Errors name the culprit.
local function try(f) local ok, m = pcall(f) print((m:gsub("^[^:]*:%d+: ", ""))) end
local n, tab = nil, {}
try(function() return a .. n end)
try(function() return n .. a end)
try(function() return a .. tab .. b end)
try(function() return a .. b .. t.missing end)
try(function() return undefined_g .. a end)
try(function() return 1 .. true end)
try(function() return a .. print .. b end)
try(function() return "lit" .. {} end)

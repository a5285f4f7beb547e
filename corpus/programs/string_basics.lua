-- byte, char, sub, rep, reverse, lower, upper, len, comparison, coercion, string metatable.
local s = "abcdef"
print(s:sub(2, 4), s:sub(2), s:sub(-3), s:sub(-3, -2), s:sub(0), s:sub(0, 0) == "", s:sub(5, 2) == "", s:sub(4, 100), s:sub(-100, 2), s:sub(7) == "", s:sub(math.mininteger, math.maxinteger))
print(s:sub("2", "3"), s:sub(2.0, 3.0), pcall(string.sub, s, 1.5), pcall(string.sub, s, "x"), pcall(string.sub))
print(s:byte(), s:byte(2), s:byte(-1), s:byte(10), s:byte(2, 4), s:byte(-2, -1), select("#", s:byte(5, 2)), s:byte(0), select("#", s:byte(0, 2)))
print(string.char(), string.char(72, 101, 121), #string.char(0, 0), string.char(table.unpack({s:byte(1, -1)})) == s)
print(("ab"):rep(3), ("ab"):rep(3, "-"), ("ab"):rep(1, "-"), ("ab"):rep(0) == "", ("ab"):rep(-1) == "", #("x"):rep(1000), (""):rep(1000000) == "")
print(s:reverse(), (""):reverse() == "", ("a\0b"):reverse() == "b\0a", ("MiXeD 123 é"):lower(), ("MiXeD 123"):upper(), s:len(), #"a\0b", ("\xff"):lower():byte())

-- Comparison is by bytes in the C locale; embedded zeros count.
local words = {"b", "a", "B", "A", "aa", "", "a\0", "a\0b", "Z", "_", "10", "9", "ab", "a b", "\xff", "\x7f"}
table.sort(words)
for i, w in ipairs(words) do words[i] = ("%q"):format(w):gsub("\xff", "\\255"):gsub("\x7f", "\\127") end
print(table.concat(words, " "))
print("a" < "b", "a" < "B", "" < "a", "a\0a" < "a\0b", "a" < "a\0", "Z" < "a", "10" < "9", not ("a" < "a"), "a" <= "a")

-- Coercions: arithmetic from strings, strings from numbers.
print("10" + 5, "3" * "4", "0x10" + 0, "1e2" * 1, " 7 " - 2, "5" // 2, "5" / 2, "2" ^ 3, -"4", "7" % 4, 10 .. "", 1.5 .. "|", -0.0 .. "", 2^63 .. "", 1e100 .. "")
print(pcall(function() return "abc" + 1 end))
print(pcall(function() return {} + "1" end))
print(pcall(function() return "1" + {} end))
print(pcall(function() return "x" // "y" end))
print(math.type("10" + 5), math.type("10" + 5.0), math.type("10.0" + 5), math.type("1e1" + 0), math.type("0x7fffffffffffffff" + 1), "9223372036854775807" + 1, "9223372036854775808" + 0)
print(10 == "10", "10" == 10, 1 < 2, pcall(function() return 1 < "2" end))
print(#tostring(12345), tostring(-0.0), tostring(1e15), tostring(1e14), tostring(123456789012345678), tostring(0.1), tostring(100.0), tostring(1e-5), tostring(3.14159265358979), tostring(2^24), tostring(5e-324))

-- The string metatable: indexing by methods, extended, replaced, per type not per value.
local mt = getmetatable ""
print(mt.__index == string, getmetatable "other" == mt, mt.__name, ("x").upper == string.upper, ("x").missing, #("x"):rep(2))
function string.trim(str) return str:match("^%s*(.-)%s*$") end
function string:words() local t = {} for w in self:gmatch "%S+" do t[#t + 1] = w end return t end
print(("  padded "):trim() .. "|", #("a b  c"):words(), ("x y"):words()[2])
mt.__index = function(str, k)
  if math.type(k) == "integer" then return str:sub(k, k) end
  return string[k]
end
mt.__call = function(str, ...) return str:format(...) end
mt.__unm = function(str) return str:reverse() end
mt.__mul = function(a, b) if math.type(b) == "integer" then return a:rep(b) end return "no" end
print(("hello")[1], ("hello")[-1], ("hello")[9] == "", ("hello"):upper(), ("%d/%s")(1, "x"), -"abc", "ab" * 2, "4" * "5")
mt.__index, mt.__call, mt.__unm, mt.__mul = string, nil, nil, nil
print(pcall(function() return ("x")() end))
print(pcall(function() return -"12" end))
print(pcall(function() return ("abc").x.y end))

-- Interning and identity do not show: equal strings are equal keys, long or short.
local t = {}
t["key"] = 1
t["k" .. "ey"] = t["key"] + 1
local long = ("long"):rep(20)
t[long] = 1
t[("long"):rep(20)] = 2
local n = 0
for _ in pairs(t) do n = n + 1 end
print(n, t.key, t[long], rawequal(long, ("long"):rep(20)))

-- Buffers: building long strings in several ways gives the same result.
local a, b, c = "", {}, {}
for i = 1, 300 do
  a = a .. i .. ","
  b[#b + 1] = i
  c[#c + 1] = ("%d,"):format(i)
end
print(#a, a == table.concat(b, ",") .. ",", a == table.concat(c), a:sub(-8))
local function count(str, what) return select(2, str:gsub(what, "")) end
print(count(a, "1"), count(a, ","), a:find("299"), a:reverse():find("1", 1, true))
-- tostring and tonumber round trips.
local bad = 0
for e = -300, 300, 25 do
  local v = 1.2345678901234567 * 10.0 ^ e
  if tonumber(("%.17g"):format(v)) ~= v or tonumber(("%a"):format(v)) ~= v then bad = bad + 1 end
end
print("bad", bad, tonumber("  0x.8p1  "), tonumber("1e"), tonumber("0x"), tonumber("1 1"), tonumber(""), tonumber("é"), tonumber("1e+"), tonumber("١"))

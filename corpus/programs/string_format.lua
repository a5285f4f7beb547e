-- string.format: every verb, flag, width and precision; %q round trips; tostring interplay.
local f = string.format
local function row(...) print("[" .. table.concat({...}, "][") .. "]") end
row(f("%d", 42), f("%5d", 42), f("%-5d", 42), f("%05d", 42), f("%+d", 42), f("% d", 42), f("%.4d", 42), f("%+06d", -42), f("%.0d", 0))
row(f("%i", -7), f("%3i|%-3i", 1, 2), f("%d", 3.0), f("%d", "10"), f("%d", "0x1F"), f("%5.2d", 7), f("%d", math.mininteger))
row(f("%u", 7) == "7" and "u", f("%x", 255), f("%X", 255), f("%#x", 255), f("%#X", 255), f("%08x", 48879), f("%x", -1), f("%.3x", 10))
row(f("%o", 8), f("%#o", 8), f("%5o", 64), f("%-5o|", 64), f("%o", -1))
row(f("%c%c%c", 76, 117, 97), f("%5c|", 65), f("%-3c|", 66), #f("%c", 0), f("%s", f("%c", 0):byte()))
row(f("%e", 12345.678), f("%.2e", 0), f("%E", 1e-10), f("%12.3e|", -1.5), f("%+.0e", 15), f("%#.0e", 1))
row(f("%f", 1.5), f("%.0f", 2.5), f("%.0f", 3.5), f("%.3f", 2 / 3), f("%10.2f|", 3.14159), f("%-10.2f|", 3.14159), f("%010.2f", -3.14159), f("%#.0f", 3))
row(f("%g", 100000), f("%g", 1000000), f("%g", 1e-5), f("%g", 0.0001), f("%G", 1e-20), f("%.3g", 1234.5), f("%#g", 1), f("%g", 1e15), f("%.17g", 0.1), f("%.14g", 2^53))
row(f("%a", 1), f("%a", 0.5), f("%A", 255.5), f("%.2a", 1 / 3), f("%a", 0), f("%20a|", 1024), f("%a", -2^-1074))
row(f("%g", 1/0), f("%f", -1/0), f("%5.1f", 1/0), f("%E", 1/0), f("%d", 1e15), f("%s", 1e15), f("%s", 2^63))
row(f("%i", "12"), f("%f", "1.5"), f("%x", "0x10"), f("%g", "1e3"), f("%s", 12), f("%s", 1.0), f("%s", -0.0))
row(f("%s", "str"), f("%10s|", "right"), f("%-10s|", "left"), f("%.2s", "cut"), f("%5.1s|", "xyz"), f("%s", true), f("%s", nil), f("%.3s", nil))
row(f("%%"), f("100%%"), f("%5s%%", 50), f("%s %s", 1, 2), f("no verbs"), f(""))
row(f("%s", setmetatable({}, {__tostring = function() return "custom" end})), f("%-8s|", setmetatable({}, {__tostring = function() return "obj" end})), f("%.2s", setmetatable({}, {__tostring = function() return "truncate" end})))
row(f("%s", setmetatable({}, {__name = "TypeName"})):gsub("0x%x+", "ADDR"))
print(#f("%s", ("x"):rep(500)), #f("%-99d", 1), pcall(f, "%-200d", 1))
print(#f("%99.99f", 1e308), #f("%99d", 1), #f("%.99f", 1 / 3))

-- %q makes source text that reads back to the same value.
for _, v in ipairs {
  "plain", 'quote " and \\ backslash', "line\nbreak", "tab\tbell\a", "zero\0then1", "\r\n", "\200\255", "",
  0, 1, -1, math.maxinteger, math.mininteger, 0.1, 1e100, -0.0, 1/0, -1/0, 2^53, true, false,
} do
  local q = f("%q", v)
  local back = load("return " .. q)()
  print(q, back == v, math.type(back) == math.type(v))
end
print(f("%q", 0/0), f("%q", nil), load("return " .. f("%q", 0/0))() ~= 0)
print(f("%q|%q", "a\0001", "b\0x"), f("%q", "\1272"))

-- Pointers are equal for equal objects, and null for values without identity.
local t, u = {}, {}
print(f("%p", t) == f("%p", t), f("%p", t) == f("%p", u), f("%p", 1), f("%p", nil), f("%p", true), f("%20p|", 5))
print(f("%p", "short") == f("%p", "sh" .. "ort"), f("%p", print) == f("%p", print), tostring(t):match("0x%x+") == f("%p", t))

-- Equal long strings of a chunk are one object, in whichever of its functions they stand, and
-- whether or not it has been called; a string that stands in one function only is no other's.
local long = "a string of more than forty characters, which is not interned"
local function around()
  local apart = "a second one of more than forty characters, which stands here only"
  local function inner() return "a string of more than forty characters, which is not interned", apart end
  return inner
end
local function other() return "a string of more than forty characters, which is not interned" end
local same, apart = around()()
print(f("%p", same) == f("%p", long), f("%p", other()) == f("%p", long))
print(f("%p", apart) == f("%p", long), f("%p", apart) == f("%p", select(2, around()())))
-- In a binary chunk each constant is a string of its own.
local loaded = load(string.dump(load(("local function f() return %q end return f(), %q"):format(long, long))))
local first, second = loaded()
print(first == second, f("%p", first) == f("%p", second), f("%p", (loaded())) == f("%p", first))

-- Errors.
for _, a in ipairs {
  {"%d", 1.5}, {"%d", "x"}, {"%d", {}}, {"%x", 2^64}, {"%c", "a"}, {"%f", {}}, {"%s"}, {"%d %d", 1}, {"%"}, {"%z", 1}, {"%5", 1},
  {"%0-+ #5d", 1}, {"%123d", 1}, {"%.123d", 1}, {"%#d", 1}, {"%05s", "x"}, {"%+s", "x"}, {"%.1c", 65}, {"%q", {}}, {"%5q", "x"}, {"%#p", 1}, {"%i", nil},
  {"%l", 1}, {"%hd", 1}, {"%*d", 5, 1}, {"%1$d", 1}, {nil},
} do
  local ok, m = pcall(f, table.unpack(a, 1, 3))
  print(a[1], ok, m)
end
-- Extra arguments are ignored; embedded zeros in the format and in %s.
print(f("%d", 1, 2, 3), #f("a\0%s\0b", "c\0d"), pcall(f, "%5s", "a\0b"))
print(("%s=%d"):rep(2, ";"):format("a", 1, "b", 2), ("%5.1f"):format(math.pi), ("%s"):rep(3):format(1, 2, 3))

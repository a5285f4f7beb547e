-- string.format and string.pack: every option with every kind of value; limits of string.rep.
local function try(name, f, ...)
  local r = table.pack(pcall(f, ...))
  for i = 1, r.n do r[i] = tostring(r[i]):gsub("0x%x+", "PTR"):gsub("builtin: %x+", "PTR") end
  print(name, table.concat(r, " | ", 1, r.n))
end
-- format
local fmts = {"%d","%5d","%-5d|","%+d","% d","%05d","%.3d","%i","%x","%#x","%X","%o","%#o","%u","%c","%e","%.0e","%#.0e","%E","%f","%.20f","%g","%#g","%G","%a","%A","%.3a","%s","%10s","%-10s|","%.2s","%q","%p","%10p","%%","%","%y","%123d","%.123d","%-+ #0d","%5.","%5q","%.3q","%#s","%0s","%+s","%-5c|","%05c","%.3c","%#d","%+x","% x","%020.10f","%-20.10e|","%99.99f","%100d","%.100f","%5%", "%#i", "% i", "%.i", "%l", "%hd", "%5.5s"}
local vals = {1, -1, 0, 255, 3.0, 2.5, -0.0, 1/0, -1/0, 0/0, 1e15, 1e100, 123456789012, math.mininteger, "str", "10", "a\0b", "q\n\"\\\r\0001\200", true, nil, {}, print}
for _, f in ipairs(fmts) do for i = 1, 22 do if f ~= "%p" and f~="%10p" or type(vals[i]) ~= "table" and type(vals[i]) ~= "function" and type(vals[i]) ~= "string" then try(f, string.format, f, vals[i]) end end try(f, string.format, f) end
try("long", string.format, "%99.99f", 1e308)
try("q", string.format, "%q", 1e-320)
try("q", string.format, "%q", 0x7fffffffffffffff)
try("s", string.format, "%s %s", 1)
try("stostring", string.format, "%s|%10s", setmetatable({}, {__tostring = function() return "hello" end}), setmetatable({}, {__name = "My"}) and 1)
try("stostring", string.format, "%s", setmetatable({}, {__tostring = function() return 1 end}))
try("stostring", string.format, "%s", setmetatable({}, {__tostring = function() return {} end}))
try("sname", tostring, setmetatable({}, {__name = "My"}))
try("sname", tostring, setmetatable({}, {__name = 1}))
try("s0", string.format, "%10s", "a\0b")
try("s0", string.format, "%s", "a\0b")
try("slong", function() return #string.format("%s", ("x"):rep(1000)), #string.format("%5.1000s", "x") end)
-- pack
for _, f in ipairs{"b","B","h","H","i","I","l","L","j","J","T","f","d","n","s","z","x","i3","I7","i16","i17","i0","s1","s2","s17","!","!3","!4i8","!16i16",">i4","<i4","=i4"," i 4","c5","c0","c","Xi4","X","Xz","!8 b Xd i","bXi", "i4i4", "!4 b i4", "z z", "s1 s1", "y", "i100",  "!17", "d!8d", "xb", "b!2h", ">!4 i3", "<I16", "i15"} do
  for _, v in ipairs{0, 1, -1, 127, 128, 255, 256, -129, 65535, 2^31, -2^31, 2^40, 1.5, "x", "hello", "he\0llo"} do
    local r = table.pack(pcall(string.pack, f, v, v))
    if r[1] then local s = r[2] r[2] = s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
     print("pack", f, v, #s, r[2]:sub(1,60))
     if #s < 1000 then try("unpack" .. f, string.unpack, f, s) end
    else print("pack", f, v, r[2]) end
  end
  try("size " .. f, string.packsize, f)
  try("unpack short " .. f, string.unpack, f, "ab")
  try("unpack long " .. f, string.unpack, f, ("\255"):rep(40))
  try("unpack pos " .. f, string.unpack, f, ("\1"):rep(40), 3)
  try("unpack neg " .. f, string.unpack, f, ("\1"):rep(40), -5)
  try("unpack out " .. f, string.unpack, f, ("\1"):rep(40), 42)
end
try("rep", string.rep, "x", -1) try("rep", string.rep, "ab", 3, ",") try("rep", string.rep, "x", 1 << 62) try("rep", string.rep, "xx", 1<<62, "yy")

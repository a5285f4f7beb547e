-- string.pack, unpack, packsize: all formats, alignment, endianness, limits, errors.
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local function p(f, ...) local ok, s = pcall(string.pack, f, ...) print(f, ok and hex(s) or s) return s end
p("b", -1) p("B", 255) p("h", -2) p("H", 65535) p("i", 1) p("I", 0xffffffff) p("l", -1) p("L", 1) p("j", math.mininteger) p("J", -1) p("T", 7)
p("i1", -128) p("i2", 258) p("i3", -2) p("i4", 1 << 24) p("i5", 1 << 32) p("i7", -1) p("i8", 1) p("i9", -2) p("i16", -3) p("I16", 3) p("I3", 0xabcdef)
p("<i4", 1) p(">i4", 1) p("=i2", 1) p("<i2>i2<i2", 1, 1, 1) p(">j", 1) p("<I3>I3", 0x010203, 0x010203)
p("f", 1.5) p("d", -2.25) p("n", 0.1) p(">d", 1e300) p("<f", 1/0) p("f", 2^200) p(">f", -0.0)
p("s", "abc") p("s1", "abc") p("s2", "") p(">s4", "xy") p("z", "zero") p("z", "") p("zz", "a", "b") p("c5", "abc") p("c3", "abc") p("c0", "")
p("x") p("bxb", 1, 2) p("xxx") p(" < i2  > i2 ", 1, 2)
p("!4 b i4", 1, 2) p("!2 b i4", 1, 2) p("!8 b d", 1, 1.0) p("! b i8", 1, 2) p("!4 i4 b Xi4 b", 1, 2, 3) p("!4 b Xd b", 1, 2) p("b i4", 1, 2) p("!1 b i4", 1, 2) p("<!4 i1 !2 i4 !4 i4", 1, 2, 3) p("!16 i1 i16", 1, 2) p("!8 b s4", 1, "ab")
-- errors
p("i1", 128) p("I1", 256) p("I1", -1) p("i2", 1 << 20) p("i17", 1) p("i0", 1) p("I", -1) p("q", 1) p("!17 i", 1) p("!3 i4", 1) p("!4 i3", 1) p("X", 1) p("Xz", 1) p("Xs4") p("c", "a") p("c2", "abc") p("s1", ("x"):rep(256)) p("z", "a\0b") p("i", "x") p("i", 1.5) p("d", "x") p("i") p("i99999999999", 1) p("ii", 1)

-- unpack: values and the position after.
print(string.unpack("<i4", "\1\0\0\0rest"))
print(string.unpack("<i2 i2", "\1\0\255\255"))
print(string.unpack("z", "text\0more"), string.unpack("s1", "\3abcd"), string.unpack("c2", "xyz"))
print(string.unpack("<i4", "....\2\0\0\0", 5), string.unpack("b", "abc", -1), string.unpack("", "abc"), string.unpack("", "abc", 4))
print(string.unpack(">I3", "\1\2\3"), string.unpack("<I3", "\1\2\3"), string.unpack("<i3", "\255\255\255"), string.unpack("<I8", ("\255"):rep(8)))
print(string.unpack("<i9", ("\254"):rep(1) .. ("\255"):rep(8)), string.unpack("<I16", "\5" .. ("\0"):rep(15)), string.unpack(">f", "\63\128\0\0"), string.unpack("<d", ("\0"):rep(7) .. "\64"))
print(string.unpack("!4 b i4", "\1\0\0\0\2\0\0\0"), string.unpack("<!4 b xxx i4", "\1...\2\0\0\0"))
for _, a in ipairs {{"i4", "abc"}, {"z", "no zero"}, {"s1", "\5abc"}, {"c5", "abc"}, {"i4", "abcd", 2}, {"i4", "abcd", 6}, {"b", "a", 0}, {"b", "abc", -4}, {"<i9", ("\1"):rep(9)}, {"<I9", ("\255"):rep(9)}, {"<i16", ("\0"):rep(8) .. "\1" .. ("\0"):rep(7)}, {"s8", ("\255"):rep(8)}} do
  print(a[1], pcall(string.unpack, a[1], a[2], a[3]))
end

-- packsize.
for _, f in ipairs {"b", "i4i4", "!8 b d", "<!4 b i4 b", "c10", "x", "j n T", "i16", "! i1 i16", "", "s", "z", "c2147483647 c2147483647", "i1 X i8"} do print(f, pcall(string.packsize, f)) end

-- Round trips over many values and formats.
local bad = 0
local seed = 1
local function rnd() seed = seed * 6364136223846793005 + 1 return seed end
for size = 1, 8 do
  for _ = 1, 40 do
    local shift = 64 - 8 * size
    local v = rnd()
    local signed = size == 8 and v or (v << shift) // (1 << shift - 1) // 2
    local unsigned = size == 8 and v or v & (1 << 8 * size) - 1
    for _, e in ipairs {"<", ">"} do
      if string.unpack(e .. "i" .. size, string.pack(e .. "i" .. size, signed)) ~= signed then bad = bad + 1 end
      if string.unpack(e .. "I" .. size, string.pack(e .. "I" .. size, unsigned)) ~= unsigned then bad = bad + 1 end
    end
  end
end
print("bad", bad)
-- A record format: header, names, and a checksum at the end.
local function save(list)
  local out = {string.pack(">c4 I2", "REC1", #list)}
  for _, r in ipairs(list) do out[#out + 1] = string.pack(">s1 i4 d", r.name, r.n, r.x) end
  local body, sum = table.concat(out), 0
  for i = 1, #body do sum = sum + body:byte(i) & 0xffff end
  return body .. string.pack(">I2", sum)
end
local function restore(s)
  local sum = 0
  for i = 1, #s - 2 do sum = sum + s:byte(i) & 0xffff end
  if sum ~= string.unpack(">I2", s, #s - 1) then return nil, "checksum" end
  local magic, n, pos = string.unpack(">c4 I2", s)
  if magic ~= "REC1" then return nil, "magic" end
  local list = {}
  for i = 1, n do
    local name, k, x
    name, k, x, pos = string.unpack(">s1 i4 d", s, pos)
    list[i] = name .. "," .. k .. "," .. x
  end
  return table.concat(list, ";"), pos
end
local data = save {{name = "first", n = -5, x = 0.5}, {name = "", n = 70000, x = -1e10}}
print(#data, restore(data))
print(restore((data:gsub("first", "worst"))), hex(data:sub(1, 12)))

-- The utf8 library: encoding, decoding, positions, strict and lax modes, malformed input.
local function bytes(s) return #s == 0 and "-" or table.concat({s:byte(1, -1)}, " ") end
for _, c in ipairs {0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdfff, 0xffff, 0x10000, 0x10ffff, 0x110000, 0x1fffff, 0x200000, 0x3ffffff, 0x4000000, 0x7fffffff} do
  local s = utf8.char(c)
  print(("%x"):format(c), bytes(s), pcall(utf8.codepoint, s))
  local ok, back = pcall(utf8.codepoint, s, 1, 1, true)
  assert(ok and back == c)
end
print(utf8.char(), utf8.char(72, 105), utf8.char(0x20ac, 0x1f600), #utf8.char(0, 0x7fffffff), utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*")
print(pcall(utf8.char, -1), pcall(utf8.char, 0x80000000), pcall(utf8.char, "x"), pcall(utf8.char, 1.5))

local s = "aé€😀z"
print(#s, utf8.len(s), utf8.len(s, 2), utf8.len(s, 4), utf8.len(s, -1), utf8.len(s, 1, 1), utf8.len(s, 7, 7), utf8.len(""), utf8.len(s, 12), utf8.len("abc", 4), utf8.len("abc", 2, 1))
print(pcall(utf8.len, s, 13), pcall(utf8.len, s, 0), pcall(utf8.len, s, 1, 12))
print(utf8.codepoint(s), utf8.codepoint(s, 2), utf8.codepoint(s, 1, -1))
print(utf8.codepoint(s, 4, 4), utf8.codepoint(s, -1), select("#", utf8.codepoint(s, 3, 2)), pcall(utf8.codepoint, s, 1, 100))
print(pcall(utf8.codepoint, s, 3), pcall(utf8.codepoint, s, 50), pcall(utf8.codepoint, s, 0))
for i = -5, 6 do io.write(tostring(utf8.offset(s, i)), " ") end
print()
print(utf8.offset(s, 0, 3), utf8.offset(s, 0, 4), utf8.offset(s, 0, 9), utf8.offset(s, 1, 2), utf8.offset(s, 2, 4), utf8.offset(s, -1, 7), utf8.offset(s, -1, 2), utf8.offset(s, 1, 12), utf8.offset("", 1), utf8.offset("", 0), utf8.offset("abc", 5))
print(pcall(utf8.offset, s, 1, 3), pcall(utf8.offset, s, 1, 14), pcall(utf8.offset, s, -1, 5))
for p, c in utf8.codes(s) do io.write(p, "=", ("%x"):format(c), " ") end
print()
for c in s:gmatch(utf8.charpattern) do io.write("[", c, "]") end
print()

-- Malformed input: position of the first bad byte, and errors elsewhere.
local broken = {
  "\x80", "a\xc3", "\xc3a", "\xe2\x82", "\xe2\x82a", "\xf0\x9f\x98", "\xff", "\xfe", "ok\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "a\x80b", "\xc3\xa9\xa9",
}
for _, b in ipairs(broken) do
  local lax = table.pack(utf8.len(b, 1, -1, true))
  local ok, e = pcall(function() local n = 0 for _ in utf8.codes(b) do n = n + 1 end return n end)
  local ok2, e2 = pcall(function() local n = 0 for _ in utf8.codes(b, true) do n = n + 1 end return n end)
  print(bytes(b), table.concat({tostring((utf8.len(b))), tostring((select(2, utf8.len(b))))}, ","), tostring(lax[1]) .. "," .. tostring(lax[2]), (tostring(e):gsub("^.-:%d+: ", "")), (tostring(e2):gsub("^.-:%d+: ", "")))
end

-- Practical helpers.
local function sub(str, i, j)
  local n = utf8.len(str)
  i = i < 0 and n + 1 + i or i
  j = not j and n or j < 0 and n + 1 + j or j
  if i > j then return "" end
  return str:sub(utf8.offset(str, i), (utf8.offset(str, j + 1) or #str + 1) - 1)
end
print(sub(s, 2, 3), sub(s, -2), sub(s, 1, 1), sub(s, 4, 4), sub(s, 3, 2) == "", sub(s, 2, -2))
local function reverse(str)
  local t = {}
  for _, c in utf8.codes(str) do table.insert(t, 1, utf8.char(c)) end
  return table.concat(t)
end
print(reverse(s), reverse(reverse(s)) == s, reverse "")
local function utf16(str)
  local out = {}
  for _, c in utf8.codes(str) do
    if c >= 0x10000 then
      c = c - 0x10000
      out[#out + 1] = ("%04x %04x"):format(0xd800 | c >> 10, 0xdc00 | c & 0x3ff)
    else
      out[#out + 1] = ("%04x"):format(c)
    end
  end
  return table.concat(out, " ")
end
print(utf16(s))
local function latin1(str) return (str:gsub(utf8.charpattern, function(c) local p = utf8.codepoint(c) return p < 256 and string.char(p) or "?" end)) end
print(bytes(latin1 "é€A"), bytes("\u{ff}"), latin1 "abc")
local count, total = 0, 0
for c = 0, 0x10ffff, 257 do
  if c < 0xd800 or c > 0xdfff then
    local e = utf8.char(c)
    if utf8.codepoint(e) == c and utf8.len(e) == 1 then count = count + 1 end
    total = total + 1
  end
end
print(count == total, total)

-- text in UTF-8: iteration by code points, lengths, offsets, changes of case by table, width, reversal
local N = tonumber((...)) or 900
local line = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich — Ψάξε, Съешь ещё этих 日本語 テキスト 🙂!"
local text = (line .. "\n"):rep(12)
local upper = {}
for a, b in ("äÄöÖüÜψΨάΆξΞεΕсСъЪеЕшШьЬщЩёЁэЭтТиИхХ"):gmatch("(" .. utf8.charpattern .. ")(" .. utf8.charpattern .. ")") do upper[a] = b end
local function width(s)
  local w = 0
  for _, c in utf8.codes(s) do
    if c >= 0x1100 and c <= 0x115f or c >= 0x3040 and c <= 0x9fff or c >= 0x1f300 then w = w + 2
    elseif c >= 32 then w = w + 1 end
  end
  return w
end
local function reverse(s)
  local points = { utf8.codepoint(s, 1, -1) }
  local i, j = 1, #points
  while i < j do
    points[i], points[j] = points[j], points[i]
    i, j = i + 1, j - 1
  end
  return utf8.char(table.unpack(points))
end
local function to_utf16(s)
  local out = {}
  for _, c in utf8.codes(s) do
    if c < 0x10000 then out[#out + 1] = string.pack("<I2", c)
    else
      c = c - 0x10000
      out[#out + 1] = string.pack("<I2I2", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff))
    end
  end
  return table.concat(out)
end
local function slice(s, from, to)
  local a, b = utf8.offset(s, from), utf8.offset(s, to + 1)
  return s:sub(a, b - 1)
end
local sum = 0
for r = 1, N do
  sum = sum + width(text) + utf8.len(text)
  assert(reverse(reverse(line)) == line)
  local shouted = text:gsub(utf8.charpattern, function(c) return upper[c] or c:upper() end)
  sum = sum + #shouted + #to_utf16(text)
  for i = 1, 40 do sum = sum + #slice(line, i, i + 20) end
  local counts, kinds = {}, 0
  for c in text:gmatch(utf8.charpattern) do
    if not counts[c] then kinds = kinds + 1 end
    counts[c] = (counts[c] or 0) + 1
  end
  sum = sum + kinds + counts["日"]
  local bad, at = utf8.len(text .. "\xff" .. text)
  sum = sum + at
end
print(sum)

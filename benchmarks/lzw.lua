-- LZW: a dictionary of strings that grows by one symbol at a time, there and back
local N = tonumber((...)) or 180
local sub, char, concat = string.sub, string.char, table.concat
local function compress(s)
  local dict, size = {}, 256
  for i = 0, 255 do dict[char(i)] = i end
  local out, n, w = {}, 0, ""
  for i = 1, #s do
    local c = sub(s, i, i)
    local wc = w .. c
    if dict[wc] then
      w = wc
    else
      n = n + 1
      out[n] = dict[w]
      if size < 4096 then dict[wc] = size; size = size + 1 end
      w = c
    end
  end
  if w ~= "" then out[n + 1] = dict[w] end
  return out
end
local function expand(codes)
  local dict, size = {}, 256
  for i = 0, 255 do dict[i] = char(i) end
  local w = dict[codes[1]]
  local out = { w }
  for i = 2, #codes do
    local code = codes[i]
    local entry = dict[code] or w .. sub(w, 1, 1)
    out[i] = entry
    if size < 4096 then dict[size] = w .. sub(entry, 1, 1); size = size + 1 end
    w = entry
  end
  return concat(out)
end
local syllables = { "ka", "to", "mi", "re", "sol", "la", "ti", "do", " ", " ", ". " }
local parts, x = {}, 7
for i = 1, 12000 do
  x = (x * 16807) % 2147483647
  parts[i] = syllables[x % #syllables + 1]
end
local text = concat(parts)
local total, last = 0, 0
for r = 1, N do
  local input = sub(text, r)
  local codes = compress(input)
  assert(expand(codes) == input)
  total = total + #codes
  last = codes[#codes // 2]
end
print(#text, total, last)

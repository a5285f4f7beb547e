-- base64 there and back, by arithmetic and by gsub with tables
local N = tonumber((...)) or 250
local byte, char, sub, concat = string.byte, string.char, string.sub, table.concat
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local digit, value = {}, {}
for i = 0, 63 do
  digit[i] = sub(alphabet, i + 1, i + 1)
  value[byte(alphabet, i + 1)] = i
end
local function encode(s)
  local out, n = {}, 0
  for i = 1, #s - 2, 3 do
    local a, b, c = byte(s, i, i + 2)
    local v = a << 16 | b << 8 | c
    out[n + 1] = digit[v >> 18]
    out[n + 2] = digit[v >> 12 & 63]
    out[n + 3] = digit[v >> 6 & 63]
    out[n + 4] = digit[v & 63]
    n = n + 4
  end
  local rest = #s % 3
  if rest == 1 then
    local v = byte(s, -1) << 4
    out[n + 1] = digit[v >> 6] .. digit[v & 63] .. "=="
  elseif rest == 2 then
    local a, b = byte(s, -2, -1)
    local v = (a << 8 | b) << 2
    out[n + 1] = digit[v >> 12] .. digit[v >> 6 & 63] .. digit[v & 63] .. "="
  end
  return concat(out)
end
local function decode(s)
  local out, n = {}, 0
  for i = 1, #s, 4 do
    local a, b, c, d = byte(s, i, i + 3)
    local v = value[a] << 18 | value[b] << 12 | (value[c] or 0) << 6 | (value[d] or 0)
    n = n + 1
    if c == 61 then out[n] = char(v >> 16)
    elseif d == 61 then out[n] = char(v >> 16, v >> 8 & 255)
    else out[n] = char(v >> 16, v >> 8 & 255, v & 255) end
  end
  return concat(out)
end
local function encode_by_pattern(s)
  local padding = (3 - #s % 3) % 3
  local out = (s .. ("\0"):rep(padding)):gsub("...", function(three)
    local a, b, c = byte(three, 1, 3)
    local v = a << 16 | b << 8 | c
    return digit[v >> 18] .. digit[v >> 12 & 63] .. digit[v >> 6 & 63] .. digit[v & 63]
  end)
  return sub(out, 1, #out - padding) .. ("="):rep(padding)
end
local parts = {}
for i = 1, 6000 do parts[i] = char(i * 7 & 255, i * i & 255) end
local data = concat(parts)
local sum = 0
for r = 1, N do
  local input = sub(data, r)
  local text = encode(input)
  assert(decode(text) == input)
  assert(encode_by_pattern(input) == text)
  sum = sum + #text + byte(text, r)
end
print(encode("light work."), sum)

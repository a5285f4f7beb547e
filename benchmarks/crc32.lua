-- checksums and generators on integers: CRC-32 by table, FNV-1a, Adler-32, xorshift, population count
local N = tonumber((...)) or 150
local byte = string.byte
local crc_table = {}
for i = 0, 255 do
  local c = i
  for _ = 1, 8 do c = (c & 1) ~= 0 and (c >> 1) ~ 0xedb88320 or c >> 1 end
  crc_table[i] = c
end
local function crc32(s)
  local c = 0xffffffff
  for i = 1, #s do c = crc_table[(c ~ byte(s, i)) & 0xff] ~ (c >> 8) end
  return ~c & 0xffffffff
end
local function fnv(s)
  local h = 0xcbf29ce484222325
  for i = 1, #s do h = (h ~ byte(s, i)) * 0x100000001b3 end
  return h
end
local function adler(s)
  local a, b = 1, 0
  for i = 1, #s do a = (a + byte(s, i)) % 65521; b = (b + a) % 65521 end
  return b << 16 | a
end
local function popcount(x)
  x = x - ((x >> 1) & 0x5555555555555555)
  x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333)
  x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f
  return (x * 0x0101010101010101) >> 56
end
local state = 88172645463325252
local function xorshift()
  state = state ~ (state << 13)
  state = state ~ (state >> 7)
  state = state ~ (state << 17)
  return state
end
local parts = {}
for i = 1, 4000 do parts[i] = string.char(xorshift() & 0xff, i & 0xff, (i * 7) & 0xff) end
local text = table.concat(parts)
local sum, bits = 0, 0
for r = 1, N do
  sum = sum ~ crc32(text) ~ fnv(text) ~ (adler(text) << r % 31)
  for i = 1, 30000 do bits = bits + popcount(xorshift()) end
end
print(crc32("123456789"), sum, bits, state)

-- MD5, CRC-32, CRC-16, Adler-32, FNV and Fletcher checksums over the same inputs.
local MASK <const> = 0xffffffff
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end

local T, S = {}, {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}
for i = 1, 64 do T[i] = math.floor(math.abs(math.sin(i)) * 4294967296) end
local function rotl(x, n) x = x & MASK return (x << n | x >> 32 - n) & MASK end
local rounds = {
  function(b, c, d, i) return b & c | ~b & d, i end,
  function(b, c, d, i) return d & b | ~d & c, (5 * i + 1) % 16 end,
  function(b, c, d, i) return b ~ c ~ d, (3 * i + 5) % 16 end,
  function(b, c, d, i) return c ~ (b | ~d & MASK), 7 * i % 16 end,
}
local function md5(s)
  local size = #s
  s = s .. "\128" .. ("\0"):rep((55 - size) % 64) .. ("<I8"):pack(size * 8)
  local a0, b0, c0, d0 = 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476
  for pos = 1, #s, 64 do
    local m = {("<I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4I4"):unpack(s, pos)}
    local a, b, c, d = a0, b0, c0, d0
    for i = 0, 63 do
      local r = i // 16 + 1
      local f, g = rounds[r](b, c, d, i)
      f = f + a + T[i + 1] + m[g + 1]
      a, d, c, b = d, c, b, b + rotl(f, S[r][i % 4 + 1]) & MASK
    end
    a0, b0, c0, d0 = a0 + a & MASK, b0 + b & MASK, c0 + c & MASK, d0 + d & MASK
  end
  return hex(("<I4I4I4I4"):pack(a0, b0, c0, d0))
end

local crc_table = {}
for i = 0, 255 do
  local c = i
  for _ = 1, 8 do c = c & 1 == 1 and c >> 1 ~ 0xedb88320 or c >> 1 end
  crc_table[i] = c
end
local function crc32(s, start)
  local c = ~(start or 0) & MASK
  for i = 1, #s do c = crc_table[(c ~ s:byte(i)) & 255] ~ c >> 8 end
  return ~c & MASK
end
local function crc16(s)
  local c = 0xffff
  for b in s:gmatch "." do
    c = c ~ b:byte() << 8
    for _ = 1, 8 do c = (c & 0x8000 ~= 0 and c << 1 ~ 0x1021 or c << 1) & 0xffff end
  end
  return c
end
local function adler(s)
  local a, b = 1, 0
  for i = 1, #s do
    a = (a + s:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b << 16 | a
end
local function fletcher(s)
  local a, b = 0, 0
  for _, v in ipairs {s:byte(1, -1)} do a = (a + v) % 255 b = (b + a) % 255 end
  return b << 8 | a
end
local function fnv(s)
  local h = 0x811c9dc5
  for c in s:gmatch "." do h = (h ~ c:byte()) * 0x01000193 & MASK end
  return h
end

for _, s in ipairs {"", "a", "abc", "message digest", "123456789", ("0123456789"):rep(8), ("x"):rep(200), "\0\255\0"} do
  local label = #s > 14 and #s .. " bytes" or ("%q"):format(s):gsub("\255", "?")
  print(("%-18s %s %08x %04x %08x %04x %08x"):format(label, md5(s), crc32(s), crc16(s), adler(s), fletcher(s), fnv(s)))
end
assert(md5 "abc" == "900150983cd24fb0d6963f7d28e17f72")
assert(crc32 "123456789" == 0xcbf43926 and crc16 "123456789" == 0x29b1 and adler "Wikipedia" == 0x11e60398)

-- CRC of a concatenation, piece by piece.
local whole, state = ("pieces of "):rep(10), 0
for piece in whole:gmatch("..?.?.?.?.?.?") do state = crc32(piece, state) end
print(state == crc32(whole), ("%08x"):format(state))

-- Any single flipped bit is noticed by each of them.
local base = "error detection"
local sums = {crc32 = crc32, crc16 = crc16, adler = adler, fletcher = fletcher, fnv = fnv, md5 = md5}
local names = {}
for n in pairs(sums) do names[#names + 1] = n end
table.sort(names)
for _, n in ipairs(names) do
  local ref, missed = sums[n](base), 0
  for i = 1, #base do
    for bit = 0, 7, n == "md5" and 7 or 1 do
      local flipped = base:sub(1, i - 1) .. string.char(base:byte(i) ~ 1 << bit) .. base:sub(i + 1)
      if sums[n](flipped) == ref then missed = missed + 1 end
    end
  end
  io.write(n, " missed ", missed, "; ")
end
print()

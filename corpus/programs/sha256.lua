-- SHA-256 and HMAC on 64-bit integers masked to 32 bits; constants are computed, not listed.
local MASK <const> = 0xffffffff
local function rotr(x, n) return (x >> n | x << 32 - n) & MASK end

-- The first bits of fractional parts of square and cube roots of primes, exactly, by bisection on integers.
local primes = {}
do
  local n = 2
  while #primes < 64 do
    local ok = true
    for _, p in ipairs(primes) do if n % p == 0 then ok = false break end end
    if ok then primes[#primes + 1] = n end
    n = n + 1
  end
end
-- Compares x^k with p * 2^(32k), where x has 32 fractional bits, in limbs of 24 bits.
local function limbs(x)
  local t = {}
  repeat t[#t + 1] = x & 0xffffff x = x >> 24 until x == 0
  return t
end
local function times(a, b)
  local r = {}
  for i = 1, #a + #b do r[i] = 0 end
  for i = 1, #a do
    local c = 0
    for j = 1, #b do
      c = c + r[i + j - 1] + a[i] * b[j]
      r[i + j - 1], c = c & 0xffffff, c >> 24
    end
    r[i + #b] = r[i + #b] + c
  end
  while #r > 1 and r[#r] == 0 do r[#r] = nil end
  return r
end
local function greater(a, b)
  if #a ~= #b then return #a > #b end
  for i = #a, 1, -1 do if a[i] ~= b[i] then return a[i] > b[i] end end
  return false
end
local function fraction(p, k)
  local target = limbs(p)
  for _ = 1, k do target = times(target, limbs(1 << 32)) end
  local lo, hi = 0, 20 << 32
  while hi - lo > 1 do
    local mid = (lo + hi) // 2
    local v = limbs(mid)
    for _ = 2, k do v = times(v, limbs(mid)) end
    if greater(v, target) then hi = mid else lo = mid end
  end
  return lo & MASK
end
local H0, K = {}, {}
for i = 1, 8 do H0[i] = fraction(primes[i], 2) end
for i = 1, 64 do K[i] = fraction(primes[i], 3) end
print(("%08x %08x %08x %08x"):format(H0[1], H0[8], K[1], K[64]))

local function sha256(msg)
  local length = #msg
  msg = msg .. "\128" .. ("\0"):rep((55 - length) % 64) .. (">I8"):pack(length * 8)
  assert(#msg % 64 == 0)
  local h = table.move(H0, 1, 8, 1, {})
  local w = {}
  for chunk = 1, #msg, 64 do
    for i = 1, 16 do w[i] = (">I4"):unpack(msg, chunk + 4 * (i - 1)) end
    for i = 17, 64 do
      local a, b = w[i - 15], w[i - 2]
      local s0 = rotr(a, 7) ~ rotr(a, 18) ~ a >> 3
      local s1 = rotr(b, 17) ~ rotr(b, 19) ~ b >> 10
      w[i] = w[i - 16] + s0 + w[i - 7] + s1 & MASK
    end
    local a, b, c, d, e, f, g, hh = table.unpack(h)
    for i = 1, 64 do
      local s1 = rotr(e, 6) ~ rotr(e, 11) ~ rotr(e, 25)
      local ch = e & f ~ ~e & g
      local t1 = hh + s1 + ch + K[i] + w[i]
      local s0 = rotr(a, 2) ~ rotr(a, 13) ~ rotr(a, 22)
      local maj = a & b ~ a & c ~ b & c
      hh, g, f, e, d, c, b, a = g, f, e, d + t1 & MASK, c, b, a, t1 + s0 + maj & MASK
    end
    for i, v in ipairs {a, b, c, d, e, f, g, hh} do h[i] = h[i] + v & MASK end
  end
  return (">I4I4I4I4I4I4I4I4"):pack(table.unpack(h))
end
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
print(hex(sha256 ""))
print(hex(sha256 "abc"))
print(hex(sha256 "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
for _, n in ipairs {55, 56, 63, 64, 65, 119, 120, 1000} do print(n, hex(sha256(("a"):rep(n)))) end

local function hmac(key, msg)
  if #key > 64 then key = sha256(key) end
  key = key .. ("\0"):rep(64 - #key)
  local function pad(b) return (key:gsub(".", function(c) return string.char(c:byte() ~ b) end)) end
  return sha256(pad(0x5c) .. sha256(pad(0x36) .. msg))
end
print(hex(hmac("Jefe", "what do ya want for nothing?")))
print(hex(hmac(("k"):rep(100), "")))
-- A chain of hashes, and the number of differing bits after one flipped bit.
local d = "seed"
for _ = 1, 20 do d = sha256(d) end
print(hex(d))
local x, y, bits = sha256 "flip a", sha256 "flip b", 0
for i = 1, 32 do
  local v = x:byte(i) ~ y:byte(i)
  while v > 0 do bits = bits + (v & 1) v = v >> 1 end
end
print("differing bits", bits)

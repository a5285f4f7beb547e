-- SHA-256 of a long message: 32-bit additions, rotations and masks on integers
local N = tonumber((...)) or 400
local char, rep, unpack_int = string.char, string.rep, string.unpack
local K, H0 = {}, {}
do
  -- the constants are fractional parts of roots of the first primes
  local function frac(x) return math.floor((x - math.floor(x)) * 4294967296.0) end
  local n, p = 0, 2
  while n < 64 do
    local prime = true
    for d = 2, p - 1 do
      if d * d > p then break end
      if p % d == 0 then prime = false; break end
    end
    if prime then
      n = n + 1
      K[n] = frac(p ^ (1 / 3))
      if n <= 8 then H0[n] = frac(p ^ 0.5) end
    end
    p = p + 1
  end
end
local function block(h, msg, at, w)
  for i = 1, 16 do w[i] = unpack_int(">I4", msg, at + 4 * (i - 1)) end
  for i = 17, 64 do
    local x, y = w[i - 15], w[i - 2]
    local s0 = (x >> 7 | x << 25) ~ (x >> 18 | x << 14) ~ (x >> 3)
    local s1 = (y >> 17 | y << 15) ~ (y >> 19 | y << 13) ~ (y >> 10)
    w[i] = (w[i - 16] + (s0 & 0xffffffff) + w[i - 7] + (s1 & 0xffffffff)) & 0xffffffff
  end
  local a, b, c, d, e, f, g, k = h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]
  for i = 1, 64 do
    local s1 = ((e >> 6 | e << 26) ~ (e >> 11 | e << 21) ~ (e >> 25 | e << 7)) & 0xffffffff
    local t1 = k + s1 + ((e & f) ~ (~e & g)) + K[i] + w[i]
    local s0 = ((a >> 2 | a << 30) ~ (a >> 13 | a << 19) ~ (a >> 22 | a << 10)) & 0xffffffff
    local t2 = s0 + ((a & b) ~ (a & c) ~ (b & c))
    k, g, f, e, d, c, b, a = g, f, e, (d + t1) & 0xffffffff, c, b, a, (t1 + t2) & 0xffffffff
  end
  h[1] = (h[1] + a) & 0xffffffff; h[2] = (h[2] + b) & 0xffffffff
  h[3] = (h[3] + c) & 0xffffffff; h[4] = (h[4] + d) & 0xffffffff
  h[5] = (h[5] + e) & 0xffffffff; h[6] = (h[6] + f) & 0xffffffff
  h[7] = (h[7] + g) & 0xffffffff; h[8] = (h[8] + k) & 0xffffffff
end
local function sha256(msg)
  local bits = #msg * 8
  msg = msg .. "\128" .. rep("\0", (55 - #msg) % 64) .. string.pack(">I8", bits)
  local h, w = { table.unpack(H0) }, {}
  for at = 1, #msg, 64 do block(h, msg, at, w) end
  local out = {}
  for i = 1, 8 do out[i] = string.format("%08x", h[i]) end
  return table.concat(out)
end
print(sha256("abc"))
local text = rep("The five boxing wizards jump quickly. ", 200)
local digest = ""
for i = 1, N do digest = sha256(text .. digest) end
print(digest)

-- Prime numbers: sieves, segmented counting, deterministic Miller-Rabin, Pollard rho, totients.
local function sieve(n)
  local composite, out = {}, {}
  for p = 2, n do
    if not composite[p] then
      out[#out + 1] = p
      for m = p * p, n, p do composite[m] = true end
    end
  end
  return out
end
local small = sieve(1000)
print(#small, small[#small], table.concat(small, " ", 1, 15))

local function segment(lo, hi)
  local flags = {}
  for _, p in ipairs(small) do
    if p * p > hi then break end
    for m = math.max(p * p, (lo + p - 1) // p * p), hi, p do flags[m - lo] = true end
  end
  local n, last = 0, nil
  for i = 0, hi - lo do if not flags[i] then n, last = n + 1, lo + i end end
  return n, last
end
print(segment(2, 1000), segment(100000, 101000), segment(999000, 1000000))

-- A bit sieve in integers, sixty-four flags each.
local function bitsieve(n)
  local words = {}
  for i = 0, n >> 6 do words[i] = -1 end
  words[0] = words[0] & ~3
  local i = 2
  while i * i <= n do
    if words[i >> 6] >> (i & 63) & 1 == 1 then
      for m = i * i, n, i do words[m >> 6] = words[m >> 6] & ~(1 << (m & 63)) end
    end
    i = i + 1
  end
  local count = 0
  for k = 0, n do count = count + (words[k >> 6] >> (k & 63) & 1) end
  return count
end
print(bitsieve(63), bitsieve(64), bitsieve(1000), bitsieve(20000))

-- Product modulo m without overflow, by doubling; m below 2^62.
local function mulmod(a, b, m)
  if a < 1 << 31 and b < 1 << 31 then return a * b % m end
  local r = 0
  while b > 0 do
    if b & 1 == 1 then r = (r + a) % m end
    a, b = (a + a) % m, b >> 1
  end
  return r
end
local function powmod(a, e, m)
  local r = 1
  a = a % m
  while e > 0 do
    if e & 1 == 1 then r = mulmod(r, a, m) end
    a, e = mulmod(a, a, m), e >> 1
  end
  return r
end
local function is_prime(n)
  if n < 2 then return false end
  for _, p in ipairs {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37} do
    if n % p == 0 then return n == p end
  end
  local d, s = n - 1, 0
  while d & 1 == 0 do d, s = d >> 1, s + 1 end
  for _, a in ipairs {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37} do
    local x = powmod(a, d, n)
    if x ~= 1 and x ~= n - 1 then
      local composite = true
      for _ = 1, s - 1 do
        x = mulmod(x, x, n)
        if x == n - 1 then composite = false break end
      end
      if composite then return false end
    end
  end
  return true
end
for _, n in ipairs {0, 1, 2, 561, 1105, 7919, 2147483647, 3215031751, 1000000007, 1000000000039, 1000000000041} do
  io.write(n, is_prime(n) and "p " or "c ")
end
print()
local agree = 0
for n = 0, 2000 do
  local slow = n > 1
  for d = 2, math.floor(n ^ 0.5) do if n % d == 0 then slow = false break end end
  if slow == is_prime(n) then agree = agree + 1 end
end
print("agreeing", agree)

local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
local function rho(n)
  if n % 2 == 0 then return 2 end
  for c = 1, 20 do
    local x, y, d = 2, 2, 1
    while d == 1 do
      x = (mulmod(x, x, n) + c) % n
      y = (mulmod(y, y, n) + c) % n
      y = (mulmod(y, y, n) + c) % n
      d = gcd(math.abs(x - y), n)
    end
    if d ~= n then return d end
  end
end
local function factor(n, out)
  out = out or {}
  if n == 1 then return out end
  if is_prime(n) then
    out[#out + 1] = n
  else
    local d = rho(n)
    factor(d, out)
    factor(n // d, out)
  end
  table.sort(out)
  return out
end
for _, n in ipairs {1, 2, 12, 97, 360, 1001, 65535, 999999, 1234567890, 6000009 * 17, 1000003 * 999983, 600851475143} do
  print(n, table.concat(factor(n), " * "))
end

local function phi(n)
  local r, last = n, nil
  for _, p in ipairs(factor(n)) do if p ~= last then r, last = r // p * (p - 1), p end end
  return r
end
local function divisors(n)
  local t = {1}
  local fs, i = factor(n), 1
  while i <= #fs do
    local p, have, power = fs[i], #t, 1
    while fs[i] == p do
      power, i = power * p, i + 1
      for k = 1, have do t[#t + 1] = t[k] * power end
    end
  end
  table.sort(t)
  return t
end
print(phi(1), phi(36), phi(97), phi(1000000), table.concat(divisors(360), " "))
for n = 2, 10000 do
  local s = 0
  if n % 2 == 0 and (n == 6 or n == 28 or n == 496 or n == 8128) then
    for _, d in ipairs(divisors(n)) do s = s + d end
    io.write(n, s == 2 * n and " perfect " or " not perfect ")
  end
end
print()
local goldbach = 0
for n = 4, 400, 2 do
  for _, p in ipairs(small) do
    if p > n // 2 then break end
    if is_prime(n - p) then goldbach = goldbach + 1 break end
  end
end
print(goldbach)

-- Arbitrary precision integers in base ten million: all four operations, powers, roots, parsing.
local BASE <const>, DIGITS <const> = 10000000, 7
local Big = {}
Big.__index = Big
local function trim(n)
  while #n > 0 and n[#n] == 0 do n[#n] = nil end
  if #n == 0 then n.sign = 1 end
  return n
end
local function big(v)
  if getmetatable(v) == Big then return v end
  local s = type(v) == "string" and v or ("%d"):format(v)
  local sign, digits = s:match("^([+-]?)0*(%d*)$")
  if not digits or not s:find("%d") then error("not an integer: " .. s, 2) end
  local n = setmetatable({sign = sign == "-" and -1 or 1}, Big)
  for stop = #digits, 1, -DIGITS do n[#n + 1] = tonumber(digits:sub(math.max(1, stop - DIGITS + 1), stop)) end
  return trim(n)
end
function Big.__tostring(n)
  if #n == 0 then return "0" end
  local parts = {(n.sign < 0 and "-" or "") .. n[#n]}
  for i = #n - 1, 1, -1 do parts[#parts + 1] = ("%07d"):format(n[i]) end
  return table.concat(parts)
end
local function compare(a, b)
  if #a ~= #b then return #a < #b and -1 or 1 end
  for i = #a, 1, -1 do if a[i] ~= b[i] then return a[i] < b[i] and -1 or 1 end end
  return 0
end
local function plus(a, b, sign)
  local r, carry = setmetatable({sign = sign}, Big), 0
  for i = 1, math.max(#a, #b) do
    local s = (a[i] or 0) + (b[i] or 0) + carry
    r[i], carry = s % BASE, s // BASE
  end
  if carry > 0 then r[#r + 1] = carry end
  return r
end
local function minus(a, b, sign)
  local r, borrow = setmetatable({sign = sign}, Big), 0
  for i = 1, #a do
    local d = a[i] - (b[i] or 0) - borrow
    borrow = d < 0 and 1 or 0
    r[i] = d % BASE
  end
  return trim(r)
end
function Big.__add(a, b)
  a, b = big(a), big(b)
  if a.sign == b.sign then return plus(a, b, a.sign) end
  if compare(a, b) >= 0 then return minus(a, b, a.sign) end
  return minus(b, a, b.sign)
end
function Big.__unm(a) local r = table.move(a, 1, #a, 1, setmetatable({sign = -a.sign}, Big)) return trim(r) end
function Big.__sub(a, b) return big(a) + -big(b) end
function Big.__mul(a, b)
  a, b = big(a), big(b)
  local r = setmetatable({sign = a.sign * b.sign}, Big)
  for i = 1, #a + #b do r[i] = 0 end
  for i = 1, #a do
    local carry = 0
    for j = 1, #b do
      local t = r[i + j - 1] + a[i] * b[j] + carry
      r[i + j - 1], carry = t % BASE, t // BASE
    end
    r[i + #b] = carry
  end
  return trim(r)
end
-- Schoolbook division of magnitudes; one digit found by bisection.
local function divide(a, b)
  if #b == 0 then error("division by zero", 3) end
  local q, rem = setmetatable({sign = 1}, Big), setmetatable({sign = 1}, Big)
  for i = #a, 1, -1 do
    table.insert(rem, 1, a[i])
    trim(rem)
    local lo, hi = 0, BASE - 1
    while lo < hi do
      local mid = (lo + hi + 1) // 2
      if compare(big(mid) * b, rem) <= 0 then lo = mid else hi = mid - 1 end
    end
    q[i] = lo
    if lo > 0 then rem = minus(rem, big(lo) * b, 1) end
  end
  return trim(q), rem
end
local function abs(a) return a.sign < 0 and -a or a end
-- Floor division, as the language's own.
function Big.divmod(a, b)
  a, b = big(a), big(b)
  local q, r = divide(abs(a), abs(b))
  if a.sign ~= b.sign then
    q = -q
    if #r > 0 then q, r = q - 1, abs(b) - r end
  end
  if b.sign < 0 then r = -r end
  return q, r
end
function Big.__idiv(a, b) return (Big.divmod(a, b)) end
function Big.__mod(a, b) return select(2, Big.divmod(a, b)) end
function Big.__pow(a, n)
  local r = big(1)
  while n > 0 do
    if n & 1 == 1 then r = r * a end
    n = n >> 1
    if n > 0 then a = a * a end
  end
  return r
end
function Big.__eq(a, b) return a.sign == b.sign and compare(a, b) == 0 end
function Big.__lt(a, b)
  a, b = big(a), big(b)
  if a.sign ~= b.sign then return a.sign < b.sign end
  return compare(a, b) == -a.sign
end
function Big.__le(a, b) return not (big(b) < big(a)) end
function Big.__concat(a, b) return tostring(a) .. tostring(b) end

print(big "123456789012345678901234567890" + big "987654321098765432109876543210")
print(big "1000000000000000000000" - 1, big(5) - big(7), big "-0", -big(0), big "+00012")
print(big "99999999999999999999" * big "-99999999999999999999")
print(big(2) ^ 200)
local f = big(1)
for i = 2, 40 do f = f * i end
print("40! = " .. f, "limbs " .. #f)
print((f // big "1000000000000000000000") .. " rest " .. f % big "1000000000000000000000")
for _, p in ipairs {{7, 2}, {-7, 2}, {7, -2}, {-7, -2}, {6, 3}, {-6, 3}, {0, 5}} do
  local q, r = Big.divmod(p[1], p[2])
  io.write(p[1], "/", p[2], "=", tostring(q), " r ", tostring(r), tostring(q) == tostring(p[1] // p[2]) and tostring(r) == tostring(p[1] % p[2]) and "; " or "? ")
end
print()
print(big(3) < big(4), big(-3) < big(-4), big(-3) < 3, 3 <= big(3), big "100000000000000000000" > big "99999999999999999999", big(5) == big "5", big(5) ~= big(-5))
local a, b = big(0), big(1)
for _ = 1, 300 do a, b = b, a + b end
print("fib(300) = " .. a)
-- Square root by Newton's method with integers only.
local function isqrt(n)
  local x = big("1" .. ("0"):rep((#tostring(n) + 1) // 2))
  while true do
    local y = (x + n // x) // 2
    if y >= x then return x end
    x = y
  end
end
print(isqrt(2 * big(10) ^ 60))
print(isqrt(big "15241578753238836750495351562536198787501905199875019052100"))
-- Random identities against machine integers.
local seed, bad = 42, 0
local function rnd() seed = seed * 16807 % 2147483647 return seed - 1073741824 end
for _ = 1, 60 do
  local x, y = rnd(), rnd()
  if tostring(big(x) * big(y)) ~= tostring(x * y) then bad = bad + 1 end
  if tostring(big(x) - big(y)) ~= tostring(x - y) then bad = bad + 1 end
  if tostring(big(x) // big(y)) ~= tostring(x // y) or tostring(big(x) % big(y)) ~= tostring(x % y) then bad = bad + 1 end
end
print("mismatches", bad)
print(pcall(big, "12a"), pcall(big, ""), pcall(function() return big(1) // 0 end))

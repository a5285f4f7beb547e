-- integers of any size as arrays of digits to the base 10^7: factorials, Fibonacci numbers, powers, pi
local N = tonumber((...)) or 70
local BASE, WIDTH = 10000000, 7
local function big(n)
  local r = {}
  repeat r[#r + 1] = n % BASE; n = n // BASE until n == 0
  return r
end
local function trim(a)
  local n = #a
  while n > 1 and a[n] == 0 do a[n] = nil; n = n - 1 end
  return a
end
local function add(a, b)
  local r, carry = {}, 0
  for i = 1, math.max(#a, #b) do
    local s = (a[i] or 0) + (b[i] or 0) + carry
    if s >= BASE then r[i] = s - BASE; carry = 1 else r[i] = s; carry = 0 end
  end
  if carry > 0 then r[#r + 1] = carry end
  return r
end
local function sub(a, b)
  local r, borrow = {}, 0
  for i = 1, #a do
    local s = a[i] - (b[i] or 0) - borrow
    if s < 0 then r[i] = s + BASE; borrow = 1 else r[i] = s; borrow = 0 end
  end
  return trim(r)
end
local function mul(a, b)
  local r = {}
  for i = 1, #a + #b do r[i] = 0 end
  for i = 1, #a do
    local carry, x = 0, a[i]
    for j = 1, #b do
      local s = r[i + j - 1] + x * b[j] + carry
      r[i + j - 1] = s % BASE
      carry = s // BASE
    end
    r[i + #b] = r[i + #b] + carry
  end
  return trim(r)
end
local function mul_small(a, n)
  local r, carry = {}, 0
  for i = 1, #a do
    local s = a[i] * n + carry
    r[i] = s % BASE
    carry = s // BASE
  end
  while carry > 0 do r[#r + 1] = carry % BASE; carry = carry // BASE end
  return r
end
local function div_small(a, n)
  local r, rest = {}, 0
  for i = #a, 1, -1 do
    local s = rest * BASE + a[i]
    r[i] = s // n
    rest = s % n
  end
  return trim(r), rest
end
local function to_string(a)
  local parts = { tostring(a[#a]) }
  for i = #a - 1, 1, -1 do parts[#parts + 1] = string.format("%07d", a[i]) end
  return table.concat(parts)
end
local function power(a, n)
  local r = big(1)
  while n > 0 do
    if n & 1 == 1 then r = mul(r, a) end
    a = mul(a, a)
    n = n >> 1
  end
  return r
end
-- arctangent of 1/n, times the given unit
local function arctan(unit, n)
  local term = div_small(unit, n)
  local sum, k, n2, sign = term, 3, n * n, false
  while #term > 1 or term[1] > 0 do
    term = div_small(term, n2)
    local part = div_small(term, k)
    sum = sign and add(sum, part) or sub(sum, part)
    sign, k = not sign, k + 2
  end
  return sum
end
local function pi(digits)
  local unit = power(big(10), digits + 10)
  return to_string(mul_small(sub(mul_small(arctan(unit, 5), 4), arctan(unit, 239)), 4)):sub(1, digits)
end
local sum = 0
for r = 1, N do
  local f = big(1)
  for i = 2, 500 + r do f = mul_small(f, i) end
  local a, b = big(0), big(1)
  for _ = 1, 1500 do a, b = b, add(a, b) end
  local p = power(big(3), 2000 + r)
  local digits = pi(450)
  local text = to_string(f) .. to_string(b) .. to_string(p) .. digits
  for i = 1, #text, 97 do sum = (sum * 31 + text:byte(i)) % 1000003 end
end
print(sum, to_string(power(big(2), 128)), pi(60))

-- control flow: goto, nested breaks, repeat with locals, while, numeric loops of all kinds, integer division
local N = tonumber((...)) or 300
local function collatz(limit)
  local longest, at = 0, 0
  for i = 1, limit do
    local n, steps = i, 0
    ::again::
    if n ~= 1 then
      if n & 1 == 0 then n = n >> 1 else n = 3 * n + 1 end
      steps = steps + 1
      goto again
    end
    if steps > longest then longest, at = steps, i end
  end
  return longest + at
end
local function primes(limit)
  local count = 0
  for i = 3, limit, 2 do
    for d = 3, i, 2 do
      if d * d > i then break end
      if i % d == 0 then goto continue end
    end
    count = count + 1
    ::continue::
  end
  return count
end
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
local function digits(limit)
  local sum = 0
  for i = limit, 1, -3 do
    local n = i
    repeat
      local digit = n % 10
      sum = sum + digit
      n = n // 10
    until n == 0 or digit == 9
  end
  return sum
end
local function triples(limit)
  local found = 0
  for a = 1, limit do
    for b = a + 1, limit do
      local c = a * a + b * b
      local root = math.tointeger(c ^ 0.5 // 1)
      if root > limit then break end
      if root * root == c and gcd(a, b) == 1 then found = found + 1 end
    end
  end
  return found
end
local function automaton(limit)
  local x, a, b, c, steps = 1, 0, 0, 0, 0
  ::one::
  steps = steps + 1
  a = a + 1
  x = (x * 5 + 3) & 1023
  if steps > limit then goto stop end
  if x < 400 then goto two elseif x < 800 then goto three end
  goto one
  ::two::
  steps = steps + 1
  b = b + 1
  x = (x * 9 + 1) & 1023
  if x & 4 == 0 then goto three end
  goto one
  ::three::
  steps = steps + 1
  c = c + 1
  x = (x * 13 + 7) & 1023
  if x % 3 == 0 then goto one end
  goto two
  ::stop::
  return a + b * 3 + c * 7
end
local function floats()
  local sum = 0.0
  for x = 0.0, 1.0, 0.001 do sum = sum + x * (1.0 - x) // 0.01 end
  for x = 10, -10, -0.25 do sum = sum + x % 3 end
  return sum
end
local sum = 0
for r = 1, N do
  sum = sum + collatz(700) + primes(4000) + digits(9000) + triples(90) + automaton(30000)
  sum = sum + floats()
end
print(sum)

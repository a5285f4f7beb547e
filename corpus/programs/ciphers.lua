-- Caesar, Vigenere, rail fence, affine, substitution analysis, Soundex, ISBN and Luhn checks.
local function caesar(s, k)
  return (s:gsub("%a", function(c)
    local base = c:find("%l") and 97 or 65
    return string.char((c:byte() - base + k) % 26 + base)
  end))
end
local msg = "The Quick Brown Fox, 42 lazy dogs!"
print(caesar(msg, 3), caesar(caesar(msg, 3), -3) == msg, caesar(msg, 13), caesar(msg, 26) == msg, caesar(msg, -1))

local function vigenere(s, key, sign)
  local i = 0
  return (s:gsub("%a", function(c)
    i = i % #key + 1
    return caesar(c, (key:byte(i) - 97) * sign)
  end))
end
local v = vigenere("Send more paper; the ink is fine.", "marble", 1)
print(v, vigenere(v, "marble", -1))

local function rail(s, n)
  local rows = {}
  for r = 1, n do rows[r] = {} end
  local period = 2 * (n - 1)
  for i = 1, #s do
    local p = (i - 1) % period
    local r = p < n and p + 1 or period - p + 1
    table.insert(rows[r], i)
  end
  local order = {}
  for _, row in ipairs(rows) do table.move(row, 1, #row, #order + 1, order) end
  return order
end
local function fence(s, n) return (("."):rep(#s):gsub("()%.", function(i) local k = rail(s, n)[i] return s:sub(k, k) end)) end
local function unfence(s, n)
  local out = {}
  for i, k in ipairs(rail(s, n)) do out[k] = s:sub(i, i) end
  return table.concat(out)
end
for n = 2, 5 do
  local f = fence("THELAMPISLITCOMEHOME", n)
  print(n, f, unfence(f, n))
end

local function inverse(a, m)
  local r0, r1, s0, s1 = a, m, 1, 0
  while r1 ~= 0 do
    local q = r0 // r1
    r0, r1, s0, s1 = r1, r0 - q * r1, s1, s0 - q * s1
  end
  return r0 == 1 and s0 % m or nil
end
local function affine(s, a, b)
  if not inverse(a, 26) then return nil, a .. " has no inverse" end
  return (s:lower():gsub("%l", function(c) return string.char((a * (c:byte() - 97) + b) % 26 + 97) end))
end
local enc = affine("affine cipher", 5, 8)
local inv = inverse(5, 26)
print(enc, affine(enc, inv, -inv * 8), affine("x", 13, 1))

-- Breaking Caesar by letter frequencies.
local expected = {}
for c, f in ("e12 t9 a8 o7 i7 n7 s6 h6 r6 d4 l4 u3 c3 m2 w2 f2 g2 y2 p2 b1 v1 k1"):gmatch("(%a)(%d+)") do expected[c] = tonumber(f) end
local function crack(s)
  local best, shift = -1, nil
  for k = 0, 25 do
    local score = 0
    for c in caesar(s, -k):lower():gmatch("%l") do score = score + (expected[c] or 0) end
    if score > best then best, shift = score, k end
  end
  return shift, caesar(s, -shift)
end
print(crack(caesar("Meet me at the old lighthouse after the rain has stopped", 19)))
print(crack(caesar("defend the east wall of the castle", 7)))

local codes = {b = 1, f = 1, p = 1, v = 1, c = 2, g = 2, j = 2, k = 2, q = 2, s = 2, x = 2, z = 2, d = 3, t = 3, l = 4, m = 5, n = 5, r = 6}
local function soundex(name)
  local s = name:lower():gsub("%A", "")
  local out, last = s:sub(1, 1):upper(), codes[s:sub(1, 1)]
  for c in s:sub(2):gmatch "." do
    local d = codes[c]
    if d and d ~= last then out = out .. d end
    if c ~= "h" and c ~= "w" then last = d end
    if #out == 4 then break end
  end
  return out .. ("0"):rep(4 - #out)
end
for _, n in ipairs {"Robert", "Rupert", "Rubin", "Ashcraft", "Ashcroft", "Tymczak", "Pfister", "Honeyman", "O'Hara", "Lee"} do
  io.write(n, "=", soundex(n), " ")
end
print()

local function luhn(s)
  local sum, double = 0, false
  for c in s:reverse():gmatch("%d") do
    local d = tonumber(c) * (double and 2 or 1)
    sum = sum + (d > 9 and d - 9 or d)
    double = not double
  end
  return sum % 10 == 0
end
local function isbn10(s)
  local sum, w = 0, 10
  for c in s:gmatch("[%dX]") do
    sum = sum + w * (c == "X" and 10 or tonumber(c))
    w = w - 1
  end
  return w == 0 and sum % 11 == 0
end
print(luhn "79927398713", luhn "79927398710", luhn "0", isbn10 "0-306-40615-2", isbn10 "0-306-40615-3", isbn10 "0-8044-2957-X")
-- All digits that complete a Luhn number.
for d = 0, 9 do if luhn("7992739871" .. d) then print("check digit", d) end end

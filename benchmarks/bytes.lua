-- strings byte by byte: rot13, reversal, counting, run lengths, case, palindromes, hexadecimal
local N = tonumber((...)) or 300
local byte, char, sub, concat = string.byte, string.char, string.sub, table.concat
local text = ("Sphinx of black quartz, judge my vow! aaabbbccc 0123456789 level noon "):rep(30)
local function rot13(s)
  local out = {}
  for i = 1, #s do
    local c = byte(s, i)
    if c >= 65 and c <= 90 then c = (c - 65 + 13) % 26 + 65
    elseif c >= 97 and c <= 122 then c = (c - 97 + 13) % 26 + 97 end
    out[i] = char(c)
  end
  return concat(out)
end
local function reverse(s)
  local out = {}
  for i = #s, 1, -1 do out[#out + 1] = sub(s, i, i) end
  return concat(out)
end
local function count(s)
  local seen = {}
  for i = 1, #s do local c = sub(s, i, i); seen[c] = (seen[c] or 0) + 1 end
  return seen
end
local function run_lengths(s)
  local out, i = {}, 1
  while i <= #s do
    local c, j = byte(s, i), i
    while byte(s, j + 1) == c do j = j + 1 end
    out[#out + 1] = char(c) .. (j - i + 1)
    i = j + 1
  end
  return concat(out)
end
local function is_palindrome(s)
  local i, j = 1, #s
  while i < j do
    if byte(s, i) ~= byte(s, j) then return false end
    i, j = i + 1, j - 1
  end
  return true
end
local function hex(s)
  local digits, out = "0123456789abcdef", {}
  for i = 1, #s do
    local c = byte(s, i)
    out[i] = sub(digits, (c >> 4) + 1, (c >> 4) + 1) .. sub(digits, (c & 15) + 1, (c & 15) + 1)
  end
  return concat(out)
end
local function unhex(s)
  local out = {}
  for i = 1, #s, 2 do out[#out + 1] = char(tonumber(sub(s, i, i + 1), 16)) end
  return concat(out)
end
local function words(s)
  local n, inside = 0, false
  for i = 1, #s do
    local c = byte(s, i)
    local letter = c >= 97 and c <= 122 or c >= 65 and c <= 90
    if letter and not inside then n = n + 1 end
    inside = letter
  end
  return n
end
local sum = 0
for r = 1, N do
  local s = rot13(text)
  assert(rot13(s) == text)
  sum = sum + byte(s, r) + #run_lengths(s) + words(s)
  local back = reverse(s)
  assert(is_palindrome(s .. back) and not is_palindrome(s))
  sum = sum + count(back)["n"] * 7 + count(s)[" "]
  assert(unhex(hex(s)) == s)
  local a, b, c, d = byte(s, r, r + 3)
  sum = sum + a + b * 2 + c * 3 + d * 4
end
print(sum)

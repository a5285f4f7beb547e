-- Roman numerals both ways, number words, other bases, and their round trips.
local numerals = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}}
local function to_roman(n)
  if math.type(n) ~= "integer" or n < 1 or n > 3999 then error("out of range: " .. tostring(n), 2) end
  local out = {}
  for _, p in ipairs(numerals) do
    while n >= p[1] do
      out[#out + 1] = p[2]
      n = n - p[1]
    end
  end
  return table.concat(out)
end

local value = {I = 1, V = 5, X = 10, L = 50, C = 100, D = 500, M = 1000}
local function from_roman(s)
  local sum, last = 0, 0
  for c in s:reverse():gmatch "." do
    local v = value[c]
    if not v then return nil, "not a numeral: " .. c end
    sum = sum + (v < last and -v or v)
    last = math.max(v, last)
  end
  if sum < 1 or sum > 3999 or to_roman(sum) ~= s then return nil, "not canonical: " .. s end
  return sum
end

for _, n in ipairs {1, 4, 9, 14, 40, 90, 400, 444, 999, 1666, 1987, 2024, 3888, 3999} do
  local r = to_roman(n)
  io.write(n, "=", r, (from_roman(r) == n and " " or "? "))
end
print()
local longest = ""
for n = 1, 3999 do
  local r = to_roman(n)
  assert(from_roman(r) == n, r)
  if #r > #longest then longest = r end
end
print("longest", longest, from_roman(longest))
for _, bad in ipairs {"IIII", "IC", "VX", "ABC", "", "MMMM", "iv"} do print(bad, from_roman(bad)) end
for _, bad in ipairs {0, 4000, 2.5, -1, "X"} do print(pcall(to_roman, bad)) end

-- English words.
local small = {[0] = "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}
local tens = {"ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
local scales = {{1000000000000000000, "quintillion"}, {1000000000000000, "quadrillion"}, {1000000000000, "trillion"}, {1000000000, "billion"}, {1000000, "million"}, {1000, "thousand"}, {100, "hundred"}}
local function words(n)
  if n == math.mininteger then return "minus " .. words(-(n // 1000000000000000000 + 1)) .. " quintillion " .. words(-(n % -1000000000000000000)) end
  if n < 0 then return "minus " .. words(-n) end
  if n < 20 then return small[n] end
  if n < 100 then return tens[n // 10] .. (n % 10 > 0 and "-" .. small[n % 10] or "") end
  for _, s in ipairs(scales) do
    if n >= s[1] then
      local rest = n % s[1]
      local joiner = rest == 0 and "" or rest < 100 and " and " or " "
      return words(n // s[1]) .. " " .. s[2] .. (rest > 0 and joiner .. words(rest) or "")
    end
  end
end
for _, n in ipairs {0, 7, 13, 21, 100, 101, 999, 1000, 1001, 12345, 1000000, 1000000007, -42, math.maxinteger, math.mininteger} do
  print(n, words(n))
end

-- Any base from 2 to 36, with negative numbers.
local digits = "0123456789abcdefghijklmnopqrstuvwxyz"
local function to_base(n, b)
  if n == 0 then return "0" end
  local sign, out = "", {}
  if n < 0 then sign = "-" end
  while n ~= 0 do
    local d = math.fmod(n, b)
    if d < 0 then d = -d end
    out[#out + 1] = digits:sub(d + 1, d + 1)
    n = n // b + ((n < 0 and n % b ~= 0) and 1 or 0)
  end
  return sign .. table.concat(out):reverse()
end
for _, n in ipairs {0, 255, -255, 1000000, math.maxinteger, math.mininteger} do
  local row = {}
  for _, b in ipairs {2, 3, 8, 10, 16, 36} do
    local s = to_base(n, b)
    row[#row + 1] = s
    assert(tonumber(s, b) == n, s)
  end
  print(table.concat(row, " "))
end

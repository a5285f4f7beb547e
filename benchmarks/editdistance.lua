-- distances and searches of strings: Levenshtein, longest common substring, KMP, suffix array, wildcards
local N = tonumber((...)) or 130
local byte, sub = string.byte, string.sub
local function levenshtein(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal, c = row[0], byte(a, i)
    row[0] = i
    for j = 1, #b do
      local above = row[j]
      local best = diagonal + (c == byte(b, j) and 0 or 1)
      if above + 1 < best then best = above + 1 end
      if row[j - 1] + 1 < best then best = row[j - 1] + 1 end
      row[j], diagonal = best, above
    end
  end
  return row[#b]
end
local function kmp(text, word)
  local fail, k, found = { 0 }, 0, 0
  for i = 2, #word do
    while k > 0 and byte(word, k + 1) ~= byte(word, i) do k = fail[k] end
    if byte(word, k + 1) == byte(word, i) then k = k + 1 end
    fail[i] = k
  end
  k = 0
  for i = 1, #text do
    while k > 0 and byte(word, k + 1) ~= byte(text, i) do k = fail[k] end
    if byte(word, k + 1) == byte(text, i) then k = k + 1 end
    if k == #word then found = found + 1; k = fail[k] end
  end
  return found
end
local function suffixes(s)
  local list = {}
  for i = 1, #s do list[i] = sub(s, i) end
  table.sort(list)
  local longest = ""
  for i = 2, #list do
    local a, b, n = list[i - 1], list[i], 0
    while n < #a and byte(a, n + 1) == byte(b, n + 1) do n = n + 1 end
    if n > #longest then longest = sub(a, 1, n) end
  end
  return longest
end
local function matches(pattern, s)
  if pattern == "" then return s == "" end
  local c = sub(pattern, 1, 1)
  if c == "*" then
    for i = 1, #s + 1 do if matches(sub(pattern, 2), sub(s, i)) then return true end end
    return false
  end
  return s ~= "" and (c == "?" or c == sub(s, 1, 1)) and matches(sub(pattern, 2), sub(s, 2))
end
local function word(n, k)
  local out = {}
  for i = 1, n do out[i] = string.char(97 + (i * i * k + i) % 5) end
  return table.concat(out)
end
local text = word(2500, 3)
local sum = 0
for r = 1, N do
  sum = sum + levenshtein(word(120, r), word(110, r + 1))
  sum = sum + kmp(text, sub(text, r, r + 6)) * 3
  sum = sum + #suffixes(sub(text, r * 10, r * 10 + 250))
  for i = 1, 60 do
    if matches("*a?b*c", word(16, i)) then sum = sum + 1 end
  end
end
print(sum)

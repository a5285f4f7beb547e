-- counting of all substrings of some lengths in a long string, by sub and by rolling numbers
local N = tonumber((...)) or 350
local seed = 42
local function random() seed = (seed * 3877 + 29573) % 139968; return seed / 139968 end
local function sequence(n)
  local out = {}
  for i = 1, n do
    local x = random()
    out[i] = x < 0.30 and "A" or x < 0.50 and "C" or x < 0.70 and "G" or "T"
  end
  return table.concat(out)
end
local text = sequence(N * 1000)
local function counts(length)
  local found = {}
  for i = 1, #text - length + 1 do
    local part = text:sub(i, i + length - 1)
    found[part] = (found[part] or 0) + 1
  end
  return found
end
local function numbers(length)
  local code, found, mask, window = { [65] = 0, [67] = 1, [71] = 2, [84] = 3 }, {}, (1 << 2 * length) - 1, 0
  for i = 1, #text do
    window = (window << 2 | code[text:byte(i)]) & mask
    if i >= length then found[window] = (found[window] or 0) + 1 end
  end
  return found
end
local function frequencies(length)
  local found, list = counts(length), {}
  for part, n in pairs(found) do list[#list + 1] = { part, n } end
  table.sort(list, function(a, b) return a[2] > b[2] or a[2] == b[2] and a[1] < b[1] end)
  return list
end
for length = 1, 2 do
  for _, entry in ipairs(frequencies(length)) do print(entry[1], entry[2]) end
end
for _, part in ipairs({ "GGT", "GGTA", "GGTATT", "GGTATTTTAATT" }) do
  print(part, counts(#part)[part] or 0)
end
local distinct = 0
for length = 3, 8 do for _, n in pairs(numbers(length)) do distinct = distinct + n * n end end
local complement = { A = "T", C = "G", G = "C", T = "A" }
local back = text:reverse():gsub(".", complement)
local n = 0
for run in back:gmatch("A+C?G") do n = n + #run end
print(distinct, n, select(2, text:gsub("GAT", "")))

-- strings made to be keys: names of records and grids, interning of short strings, prefixes, symbols
local N = tonumber((...)) or 160
local function grid(n)
  local cells, sum = {}, 0
  for x = 1, n do for y = 1, n do cells[x .. "," .. y] = x * y end end
  for x = 2, n - 1 do
    for y = 2, n - 1 do
      sum = sum + cells[(x - 1) .. "," .. y] + cells[x .. "," .. (y + 1)] - cells[x .. "," .. y]
    end
  end
  return sum
end
local function trie(words)
  local root, nodes = {}, 1
  for _, word in ipairs(words) do
    local node = root
    for i = 1, #word do
      local c = word:sub(i, i)
      local following = node[c]
      if not following then following = {}; node[c] = following; nodes = nodes + 1 end
      node = following
    end
    node.stop = true
  end
  return nodes
end
local function prefixes(words)
  local seen, n = {}, 0
  for _, word in ipairs(words) do
    for i = 1, #word do
      local p = word:sub(1, i)
      if not seen[p] then seen[p] = true; n = n + 1 end
    end
  end
  return n
end
local function anagrams(words)
  local groups, largest = {}, 0
  for _, word in ipairs(words) do
    local letters = { word:byte(1, -1) }
    table.sort(letters)
    local key = string.char(table.unpack(letters))
    groups[key] = (groups[key] or 0) + 1
    largest = math.max(largest, groups[key])
  end
  return largest
end
local function properties(n)
  local object, sum = {}, 0
  for i = 1, n do object["property_number_" .. i] = i end
  for i = 1, n do
    local key = "property_number_" .. i
    if key ~= "property_number_7" then sum = sum + object[key] end
  end
  return sum
end
local words, x = {}, 3
for i = 1, 700 do
  local letters = {}
  for k = 1, 3 + i % 6 do
    x = (x * 16807) % 2147483647
    letters[k] = string.char(97 + x % 12)
  end
  words[i] = table.concat(letters)
end
local sum = 0
for r = 1, N do
  sum = sum + grid(35) + trie(words) + prefixes(words) + anagrams(words) + properties(900)
  local s = ""
  for i = 1, 120 do s = s .. i % 10; if s == "123" then sum = sum + 1 end end
end
print(sum)

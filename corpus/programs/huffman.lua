-- Huffman coding with a canonical code book, packed into bytes and unpacked again.
local function frequencies(s)
  local f = {}
  for c in s:gmatch "." do f[c] = (f[c] or 0) + 1 end
  return f
end

-- Builds code lengths with two queues over leaves sorted by weight; ties are broken by symbol.
local function lengths(freq)
  local leaves = {}
  for c, n in pairs(freq) do leaves[#leaves + 1] = {weight = n, symbol = c} end
  table.sort(leaves, function(a, b) if a.weight ~= b.weight then return a.weight < b.weight end return a.symbol < b.symbol end)
  local inner, i, j = {}, 1, 1
  local function smallest()
    local a, b = leaves[i], inner[j]
    if a and (not b or a.weight <= b.weight) then i = i + 1 return a end
    j = j + 1
    return b
  end
  for _ = 1, #leaves - 1 do
    local a, b = smallest(), smallest()
    inner[#inner + 1] = {weight = a.weight + b.weight, a, b}
  end
  local root, out = inner[#inner] or leaves[1], {}
  local function walk(node, depth)
    if node.symbol then
      out[#out + 1] = {node.symbol, math.max(depth, 1)}
    else
      walk(node[1], depth + 1)
      walk(node[2], depth + 1)
    end
  end
  if root then walk(root, 0) end
  table.sort(out, function(a, b) if a[2] ~= b[2] then return a[2] < b[2] end return a[1] < b[1] end)
  return out
end

local function canonical(list)
  local book, code, last = {}, 0, 0
  for _, e in ipairs(list) do
    code = code << e[2] - last
    last = e[2]
    book[e[1]] = {bits = e[2], code = code}
    code = code + 1
  end
  return book
end

local function encode(s)
  local list = lengths(frequencies(s))
  local book = canonical(list)
  local acc, n, out = 0, 0, {}
  for c in s:gmatch "." do
    local e = book[c]
    acc, n = acc << e.bits | e.code, n + e.bits
    while n >= 8 do
      n = n - 8
      out[#out + 1] = string.char(acc >> n & 255)
      acc = acc & (1 << n) - 1
    end
  end
  if n > 0 then out[#out + 1] = string.char(acc << 8 - n & 255) end
  local head = {string.pack("<I4I2", #s, #list)}
  for _, e in ipairs(list) do head[#head + 1] = string.pack("<c1B", e[1], e[2]) end
  return table.concat(head) .. table.concat(out), book, list
end

local function decode(data)
  local size, count, pos = string.unpack("<I4I2", data)
  local list = {}
  for k = 1, count do
    local c, bits
    c, bits, pos = string.unpack("<c1B", data, pos)
    list[k] = {c, bits}
  end
  local reverse = {}
  for c, e in pairs(canonical(list)) do reverse[e.bits << 32 | e.code] = c end
  local out, code, bits = {}, 0, 0
  while #out < size do
    local byte = data:byte(pos) or error("data cut off", 0)
    pos = pos + 1
    for k = 7, 0, -1 do
      code, bits = code << 1 | byte >> k & 1, bits + 1
      local c = reverse[bits << 32 | code]
      if c then
        out[#out + 1] = c
        code, bits = 0, 0
        if #out == size then break end
      elseif bits > 40 then
        error("bad code", 0)
      end
    end
  end
  return table.concat(out)
end

local samples = {
  "abracadabra", "aaaaaaaaaaaaaaaa", "x", "", "mississippi river", ("ab"):rep(40) .. "c",
  "the quick brown fox jumps over the lazy dog", ("\0\1\2\3"):rep(3) .. "\255",
}
for _, s in ipairs(samples) do
  local data, book, list = encode(s)
  local bits = 0
  for c in s:gmatch "." do bits = bits + book[c].bits end
  print(("%-22s %3d -> %3d bytes, %d bits, %d symbols, %s"):format(("%q"):format((s:sub(1, 14):gsub("[%c\128-\255]", "."))), #s, #data, bits, #list, decode(data) == s))
  if #list <= 5 then
    for _, e in ipairs(list) do
      local code = ""
      for k = e[2] - 1, 0, -1 do code = code .. (book[e[1]].code >> k & 1) end
      print("", ("%q"):format(e[1]), code)
    end
  end
end
-- Kraft equality and Fibonacci weights, the worst case for depth.
local fib, text = {1, 1}, {}
for i = 3, 16 do fib[i] = fib[i - 1] + fib[i - 2] end
for i, n in ipairs(fib) do text[i] = string.char(64 + i):rep(n) end
local data, book, list = encode(table.concat(text))
local kraft = 0
for _, e in ipairs(list) do kraft = kraft + 2.0 ^ -e[2] end
print(kraft, list[1][2], list[#list][2], #data, decode(data) == table.concat(text))
print(pcall(decode, data:sub(1, 60)))
print(pcall(decode, "\1"))

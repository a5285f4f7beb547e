-- Word statistics of a text on standard input, reading it in several ways.
local first = io.read("l")
local kept = io.read("L")
local number = io.read("n")
local rest = io.read("a")
print(first, ("%q"):format(kept), number, math.type(number), #rest)
print(io.read("l"), io.read("a"), io.read(0), io.read("n"))

local text = first .. "\n" .. kept .. rest
local stop = {}
for w in ("the a of and to in is it that was by on as with"):gmatch("%a+") do stop[w] = true end

local freq, lengths, letters, total = {}, {}, {}, 0
for word in text:gmatch("%a[%a'-]*") do
  total = total + 1
  local w = word:lower():gsub("'s$", "")
  freq[w] = (freq[w] or 0) + 1
  lengths[#w] = (lengths[#w] or 0) + 1
  for c in w:gmatch("%a") do letters[c] = (letters[c] or 0) + 1 end
end

local function top(t, n, skip)
  local keys = {}
  for k in pairs(t) do if not (skip and skip[k]) then keys[#keys + 1] = k end end
  table.sort(keys, function(a, b) if t[a] ~= t[b] then return t[a] > t[b] end return a < b end)
  local out = {}
  for i = 1, math.min(n, #keys) do out[i] = keys[i] .. "=" .. t[keys[i]] end
  return table.concat(out, " ")
end

local lines, blank, longest = 0, 0, ""
for line in (text .. "\n"):gmatch("(.-)\n") do
  lines = lines + 1
  if not line:find("%S") then blank = blank + 1 end
  if #line > #longest then longest = line end
end
print("lines", lines, "blank", blank, "bytes", #text, "words", total)
print("top words", top(freq, 8, stop))
print("top letters", top(letters, 10))
print("longest line", #longest, longest:sub(1, 20))

local histogram = {}
for n in pairs(lengths) do histogram[#histogram + 1] = n end
table.sort(histogram)
for _, n in ipairs(histogram) do print(("%2d %3d %s"):format(n, lengths[n], ("#"):rep(lengths[n]))) end

-- Sentences and their lengths in words.
local sentences = {}
for s in text:gmatch("[^%.!%?]+[%.!%?]") do
  local n = select(2, s:gsub("%f[%a]%a+", ""))
  sentences[#sentences + 1] = n
end
print("sentences", #sentences, table.concat(sentences, " "))

-- Pairs of words that follow each other more than once.
local bigrams, previous = {}, nil
for w in text:lower():gmatch("%a+") do
  if previous then bigrams[previous .. " " .. w] = (bigrams[previous .. " " .. w] or 0) + 1 end
  previous = w
end
for k, n in pairs(bigrams) do if n < 2 then bigrams[k] = nil end end
print("pairs", top(bigrams, 5))
local capital = {}
for w in text:gmatch("%f[%a]%u%a*") do capital[w] = (capital[w] or 0) + 1 end
print("capitals", top(capital, 6))

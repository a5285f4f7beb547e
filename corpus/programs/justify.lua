-- Paragraph formatting: greedy fill, balanced fill by dynamic programming, full justification, columns.
local text = [[
Typesetting a paragraph means to choose where each line ends. The simple way takes as many words
as fit; the careful way looks at the whole paragraph and keeps the lines even. Both are shown
below, with the same words, so that the difference can be seen at a glance. Extraordinarily long
words make either method struggle.

A second paragraph is short.
]]

local function words(s)
  local t = {}
  for w in s:gmatch("%S+") do t[#t + 1] = w end
  return t
end

local function greedy(list, width)
  local lines, line, len = {}, {}, 0
  for _, w in ipairs(list) do
    if #line > 0 and len + 1 + #w > width then
      lines[#lines + 1] = line
      line, len = {}, 0
    end
    len = len + #w + (#line > 0 and 1 or 0)
    line[#line + 1] = w
  end
  lines[#lines + 1] = line
  return lines
end

-- Least sum of squared slack; the last line is free.
local function balanced(list, width)
  local n = #list
  local best, cut = {[n + 1] = 0}, {}
  for i = n, 1, -1 do
    best[i] = math.huge
    local len = -1
    for j = i, n do
      len = len + 1 + #list[j]
      if len > width and j > i then break end
      local slack = width - len
      local cost = (j == n and slack >= 0) and 0 or slack < 0 and 10000 or slack * slack
      if cost + best[j + 1] < best[i] then best[i], cut[i] = cost + best[j + 1], j end
    end
  end
  local lines, i = {}, 1
  while i <= n do
    lines[#lines + 1] = table.move(list, i, cut[i], 1, {})
    i = cut[i] + 1
  end
  return lines, best[1]
end

local function justify(line, width, last)
  if last or #line == 1 then return table.concat(line, " ") end
  local chars = 0
  for _, w in ipairs(line) do chars = chars + #w end
  local gaps = #line - 1
  local spaces = math.max(width - chars, gaps)
  local out = {line[1]}
  for g = 1, gaps do
    local upto = spaces * g // gaps - spaces * (g - 1) // gaps
    out[#out + 1] = (" "):rep(upto) .. line[g + 1]
  end
  return table.concat(out)
end

local align = {
  left = function(s, w) return ("%-" .. w .. "s"):format(s) end,
  right = function(s, w) return ("%" .. w .. "s"):format(s) end,
  center = function(s, w)
    local pad = math.max(0, w - #s)
    return (" "):rep(pad // 2) .. s .. (" "):rep(pad - pad // 2)
  end,
}

local function slack(lines, width)
  local t = {}
  for i = 1, #lines - 1 do t[i] = width - #table.concat(lines[i], " ") end
  return table.concat(t, ",")
end

for para in (text .. "\n"):gmatch("(.-)\n\n") do
  local list = words(para)
  for _, width in ipairs {24, 36} do
    local g = greedy(list, width)
    local b, cost = balanced(list, width)
    print("width " .. width .. " greedy " .. slack(g, width) .. " balanced " .. slack(b, width) .. " cost " .. cost)
    for i = 1, math.max(#g, #b) do
      local l = g[i] and justify(g[i], width, i == #g) or ""
      local r = b[i] and justify(b[i], width, i == #b) or ""
      print("|" .. align.left(l, width) .. "|" .. align.left(r, width) .. "|")
    end
  end
end

for _, how in ipairs {"left", "right", "center"} do
  for _, line in ipairs(greedy(words(text), 30)) do
    if #line < 4 then print(how, "[" .. align[how](table.concat(line, " "), 30) .. "]") end
  end
end

-- A table with columns as wide as their widest cell.
local rows = {{"name", "unit", "value"}, {"length", "m", "12.75"}, {"temperature", "K", "293"}, {"x", "", "-0.5"}}
local widths = {}
for _, r in ipairs(rows) do for c, v in ipairs(r) do widths[c] = math.max(widths[c] or 0, #v) end end
for i, r in ipairs(rows) do
  local cells = {}
  for c, v in ipairs(r) do cells[c] = align[c == 3 and "right" or "left"](v, widths[c]) end
  print((table.concat(cells, " | "):gsub("%s+$", "")))
  if i == 1 then print((("-"):rep(widths[1]) .. "-+-" .. ("-"):rep(widths[2]) .. "-+-" .. ("-"):rep(widths[3]))) end
end

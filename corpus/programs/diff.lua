-- Line differences by longest common subsequence, unified output, and applying the result as a patch.
local function split(s)
  local t = {}
  for line in s:gmatch("([^\n]*)\n") do t[#t + 1] = line end
  return t
end

local function edits(a, b)
  -- Trim what is equal at both ends, then fill the table from the back.
  local lo, ha, hb = 1, #a, #b
  while lo <= ha and lo <= hb and a[lo] == b[lo] do lo = lo + 1 end
  while ha >= lo and hb >= lo and a[ha] == b[hb] do ha, hb = ha - 1, hb - 1 end
  local len = {}
  for i = ha + 1, lo, -1 do
    len[i] = {}
    for j = hb + 1, lo, -1 do
      if i > ha or j > hb then len[i][j] = 0
      elseif a[i] == b[j] then len[i][j] = len[i + 1][j + 1] + 1
      else len[i][j] = math.max(len[i + 1][j], len[i][j + 1]) end
    end
  end
  local script = {}
  local function add(op, i, j, text) script[#script + 1] = {op = op, i = i, j = j, text = text} end
  for k = 1, lo - 1 do add(" ", k, k, a[k]) end
  local i, j = lo, lo
  while i <= ha or j <= hb do
    if i <= ha and j <= hb and a[i] == b[j] then
      add(" ", i, j, a[i])
      i, j = i + 1, j + 1
    elseif j > hb or i <= ha and len[i + 1][j] >= len[i][j + 1] then
      add("-", i, j, a[i])
      i = i + 1
    else
      add("+", i, j, b[j])
      j = j + 1
    end
  end
  for k = 1, #a - ha do add(" ", ha + k, hb + k, a[ha + k]) end
  return script
end

local function unified(a, b, context)
  local script, out = edits(a, b), {}
  local near = {}
  for k, e in ipairs(script) do
    if e.op ~= " " then
      for n = math.max(1, k - context), math.min(#script, k + context) do near[n] = true end
    end
  end
  local k = 1
  while k <= #script do
    if not near[k] then
      k = k + 1
    else
      local from, body, na, nb = script[k], {}, 0, 0
      while near[k] do
        local e = script[k]
        body[#body + 1] = e.op .. e.text
        if e.op ~= "+" then na = na + 1 end
        if e.op ~= "-" then nb = nb + 1 end
        k = k + 1
      end
      out[#out + 1] = ("@@ -%d,%d +%d,%d @@"):format(na > 0 and from.i or from.i - 1, na, nb > 0 and from.j or from.j - 1, nb)
      table.move(body, 1, #body, #out + 1, out)
    end
  end
  return out
end

local function apply(a, patch)
  local out, i = {}, 1
  for n, line in ipairs(patch) do
    local start = line:match("^@@ %-(%d+),0") and tonumber(line:match("^@@ %-(%d+)")) + 1 or tonumber(line:match("^@@ %-(%d+)"))
    if start then
      while i < start do out[#out + 1] = a[i] i = i + 1 end
    else
      local op, text = line:sub(1, 1), line:sub(2)
      if op ~= "+" then
        if a[i] ~= text then error(("patch line %d does not apply at %d"):format(n, i), 0) end
        i = i + 1
      end
      if op ~= "-" then out[#out + 1] = text end
    end
  end
  return table.move(a, i, #a, #out + 1, out)
end

local old = split [[
module shapes
import math
-- areas
function circle(r)
  return math.pi * r * r
end
function square(a)
  return a * a
end
function triangle(a, h)
  return a * h / 2
end
-- lists
local all = {circle, square, triangle}
return all
]]
local new = split [[
module shapes
import math
import check
-- areas
function circle(r)
  check(r)
  return math.pi * r ^ 2
end
function triangle(a, h)
  return a * h / 2
end
-- lists
local all = {circle, triangle}
return all
-- end
]]
for _, context in ipairs {0, 1, 3} do
  local patch = unified(old, new, context)
  print("context " .. context, #patch .. " lines")
  if context < 3 then for _, l in ipairs(patch) do print(l) end end
  assert(table.concat(apply(old, patch), "\n") == table.concat(new, "\n"))
end
local back = unified(new, old, 2)
assert(table.concat(apply(new, back), "\n") == table.concat(old, "\n"))
print(pcall(apply, new, unified(old, new, 1)))

-- Exhaustive check on all short strings over two letters.
local words = {""}
for n = 1, 30 do words[#words + 1] = words[n] .. "a" words[#words + 1] = words[n] .. "b" end
local tried, longest = 0, 0
for x = 1, #words, 3 do
  for y = 1, #words, 4 do
    local a, b = {}, {}
    for c in words[x]:gmatch "." do a[#a + 1] = c end
    for c in words[y]:gmatch "." do b[#b + 1] = c end
    assert(table.concat(apply(a, unified(a, b, 0))) == words[y])
    tried = tried + 1
    longest = math.max(longest, #edits(a, b))
  end
end
print(tried, longest)

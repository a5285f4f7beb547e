-- A spreadsheet: cells with formulas compiled by load, dependency tracking, cycles, ranges, error values, copying.
local Sheet = {}
Sheet.__index = Sheet
local function coords(ref)
  local letters, row = ref:match("^(%u+)(%d+)$")
  local col = 0
  for c in letters:gmatch "." do col = col * 26 + c:byte() - 64 end
  return col, tonumber(row)
end
local function name(col, row)
  local s = ""
  while col > 0 do
    s = string.char((col - 1) % 26 + 65) .. s
    col = (col - 1) // 26
  end
  return s .. row
end
function Sheet.new() return setmetatable({cells = {}, cache = {}, evaluations = 0}, Sheet) end

local library = {math = math, abs = math.abs, sqrt = math.sqrt, upper = string.upper}
local function each(f) return function(...)
  local flat = {}
  local function add(v) if type(v) == "table" then for _, x in ipairs(v) do add(x) end elseif v ~= nil then flat[#flat + 1] = v end end
  for i = 1, select("#", ...) do add((select(i, ...))) end
  return f(flat)
end end
library.sum = each(function(t) local s = 0 for _, v in ipairs(t) do s = s + (tonumber(v) or 0) end return s end)
library.count = each(function(t) return #t end)
library.avg = each(function(t) return library.sum(t) / #t end)
library.max = each(function(t) return math.max(table.unpack(t)) end)
library.min = each(function(t) return math.min(table.unpack(t)) end)
library.join = each(function(t) for i, v in ipairs(t) do t[i] = tostring(v) end return table.concat(t, "-") end)
library["if_"] = function(c, a, b) if c then return a end return b end

function Sheet:set(ref, content)
  self.cells[ref] = {content = content}
  if type(content) == "string" and content:sub(1, 1) == "=" then
    local code = content:sub(2):gsub("(%$?%u+%$?%d+):(%$?%u+%$?%d+)", "_range('%1','%2')"):gsub("%$", "")
    code = code:gsub("%f[%w_'](%u+%d+)%f[^%w_']", "_cell('%1')")
    local chunk, e = load("return " .. code, "=" .. ref, "t", setmetatable({}, {__index = function(_, k)
      if k == "_cell" then return function(r) return self:get(r) end end
      if k == "_range" then return function(a, b) return self:range(a, b) end end
      if library[k] == nil then error("unknown name " .. k, 0) end
      return library[k]
    end}))
    self.cells[ref].formula, self.cells[ref].bad = chunk, e
  end
  self.cache = {}
  return self
end
function Sheet:get(ref)
  local c = self.cache[ref]
  if c then
    if c.busy then error("#CYCLE", 0) end
    if c.err then error(c.err, 0) end
    return c.value
  end
  local cell = self.cells[ref]
  if not cell then return nil end
  if cell.bad then error("#SYNTAX", 0) end
  if not cell.formula then return cell.content end
  c = {busy = true}
  self.cache[ref] = c
  self.evaluations = self.evaluations + 1
  local ok, v = pcall(cell.formula)
  c.busy = nil
  if not ok then
    c.err = v:match("^#%u+") or "#ERROR"
    error(c.err, 0)
  end
  c.value = v
  return v
end
function Sheet:range(a, b)
  local x1, y1 = coords(a)
  local x2, y2 = coords(b)
  local t = {}
  for y = y1, y2 do for x = x1, x2 do t[#t + 1] = self:get(name(x, y)) end end
  return t
end
function Sheet:show(ref)
  local ok, v = pcall(self.get, self, ref)
  if not ok then return v end
  if math.type(v) == "float" then return ("%.2f"):format(v) end
  return v == nil and "" or tostring(v)
end
function Sheet:copy(from, to)
  local fx, fy = coords(from)
  local tx, ty = coords(to)
  local content = self.cells[from].content
  if type(content) == "string" then
    content = content:gsub("(%$?)(%u+)(%$?)(%d+)", function(fixcol, col, fixrow, row)
      local x, y = coords(col .. row)
      x = fixcol == "" and x + tx - fx or x
      y = fixrow == "" and y + ty - fy or y
      local c, r = name(x, y):match("^(%u+)(%d+)$")
      return fixcol .. c .. fixrow .. r
    end)
  end
  return self:set(to, content)
end
function Sheet:print(a, b)
  local x1, y1 = coords(a)
  local x2, y2 = coords(b)
  for y = y1, y2 do
    local row = {}
    for x = x1, x2 do row[#row + 1] = ("%9s"):format(self:show(name(x, y)):sub(1, 9)) end
    print(y .. ":" .. table.concat(row, "|"))
  end
end

print(name(1, 1), name(26, 2), name(27, 3), name(702, 4), name(703, 5), coords "AB12", select("#", coords "Z9"))
local s = Sheet.new()
s:set("A1", "item"):set("B1", "price"):set("C1", "count"):set("D1", "total")
for i, r in ipairs {{"bolt", 0.5, 12}, {"nut", 0.25, 40}, {"gear", 12, 3}} do
  s:set("A" .. i + 1, r[1]):set("B" .. i + 1, r[2]):set("C" .. i + 1, r[3])
end
s:set("D2", "=B2*C2"):copy("D2", "D3"):copy("D2", "D4")
s:set("D5", "=sum(D2:D4)"):set("C5", "=sum(C2:C4)"):set("B5", "=avg(B2:B4)"):set("A5", "='n='..count(A2:A4)")
s:set("E1", "share"):set("E2", "=D2/D$5*100"):copy("E2", "E3"):copy("E2", "E4"):set("E5", "=if_(abs(sum(E2:E4)-100)<1e-9,'ok','off')")
s:print("A1", "E5")
s:set("C4", 4)
s:print("A4", "E5")
print(s.cells.D4.content, s.cells.E4.content)

-- Errors: cycles, syntax, unknown names, type errors; they spread to dependents.
local t = Sheet.new()
t:set("A1", "=B1+1"):set("B1", "=C1*2"):set("C1", "=A1"):set("D1", "=A1"):set("A2", "=1+"):set("B2", "=A2"):set("C2", "=nothing(1)"):set("D2", "=C2..''")
t:set("A3", "text"):set("B3", "=A3+1"):set("C3", "=E9"):set("D3", "=join(A1:B1)"):set("A4", "=1/0"):set("B4", "=-A4"):set("C4", "='A1'..upper('x')"):set("D4", "=D4")
t:print("A1", "D4")
t:set("C1", 5)
t:print("A1", "D1")

-- Recomputation touches each formula once.
local f = Sheet.new():set("A1", 0):set("A2", 1)
for i = 3, 60 do f:set("A" .. i, ("=A%d+A%d"):format(i - 1, i - 2)) end
print(f:show "A60", f.evaluations, f:show "A60", f.evaluations)
f:set("A1", 1)
print(f:show "A60", f.evaluations)

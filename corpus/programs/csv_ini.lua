-- Reads an INI section and a CSV table from standard input, then reports.
local function trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end

local function read_ini(lines)
  local ini, order, section = {}, {}, nil
  for n, raw in lines do
    if raw == "---" then break end
    local s = trim(raw:gsub("%s[;#].*$", ""))
    local header = s:match("^%[(.-)%]$")
    if header then
      section = ini[header] or {}
      if not ini[header] then order[#order + 1] = header end
      ini[header] = section
    elseif s ~= "" and not s:find("^[;#]") then
      local k, v = s:match("^([%w_%.]+)%s*=%s*(.*)$")
      if not k then
        print("line " .. n .. ": cannot parse '" .. s .. "'")
      elseif not section then
        print("line " .. n .. ": '" .. k .. "' outside any section")
      else
        if section[k] then print("line " .. n .. ": '" .. k .. "' redefined") end
        section[k] = v:match('^"(.*)"$') or ({yes = true, no = false})[v:lower()] or tonumber(v) or v
        if v:lower() == "no" then section[k] = false end
      end
    end
  end
  return ini, order
end

-- Quoted fields may hold separators, doubled quotes and line ends.
local function read_csv(lines)
  local rows, row, field, quoted = {}, {}, nil, false
  for _, line in lines do
    local pos = 1
    if quoted then field = field .. "\n" else row, field = {}, "" end
    while true do
      if quoted then
        local q = line:find('"', pos, true)
        if not q then field = field .. line:sub(pos) break end
        field = field .. line:sub(pos, q - 1)
        if line:sub(q + 1, q + 1) == '"' then
          field, pos = field .. '"', q + 2
        else
          quoted, pos = false, q + 1
        end
      else
        local stop, _, c = line:find('([,"])', pos)
        field = field .. line:sub(pos, (stop or 0) - 1)
        if not stop then
          row[#row + 1] = field
          rows[#rows + 1] = row
          break
        elseif c == "," then
          row[#row + 1], field = field, ""
        else
          quoted = true
        end
        pos = stop + 1
      end
    end
  end
  if quoted then print("warning: unfinished quotation") end
  return rows
end

local function numbered()
  local n = 0
  local next_line = io.lines()
  return function()
    local l = next_line()
    if l then n = n + 1 return n, l end
  end
end

local lines = numbered()
local ini, order = read_ini(lines)
for _, name in ipairs(order) do
  local keys = {}
  for k in pairs(ini[name]) do keys[#keys + 1] = k end
  table.sort(keys)
  print("[" .. name .. "]")
  for _, k in ipairs(keys) do print(("  %-10s %-8s %s"):format(k, type(ini[name][k]), tostring(ini[name][k]))) end
end

local rows = read_csv(lines)
local head = table.remove(rows, 1)
print(#rows .. " rows, " .. #head .. " columns: " .. table.concat(head, "|"))
local totals = {}
for i, row in ipairs(rows) do
  if #row ~= #head then print("row " .. i .. " has " .. #row .. " fields") end
  for c, v in ipairs(row) do
    row[head[c] or c] = v
    if tonumber(v) then totals[c] = (totals[c] or 0) + tonumber(v) end
  end
end
local limit = ini.report and ini.report.limit or 3
table.sort(rows, function(a, b)
  local x, y = tonumber(a.amount) or -1, tonumber(b.amount) or -1
  if x ~= y then return x > y end
  return a.item < b.item
end)
for i = 1, math.min(limit, #rows) do
  local r = rows[i]
  print(("%d. %q %s"):format(i, r.item, r.amount))
end
for c = 1, #head do if totals[c] then print("sum of " .. head[c] .. ": " .. totals[c]) end end

-- Ends in an argument error of a library function called as a method; the message counts without self.
local function csv(rows)
  local out = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for j, v in ipairs(row) do
      local s = tostring(v)
      cells[j] = s:find('[,"\n]') and '"' .. s:gsub('"', '""') .. '"' or s
    end
    out[i] = table.concat(cells, ",")
  end
  return table.concat(out, "\n")
end
print(csv {{"a", "b,c", 'say "hi"'}, {1, 2.5, true}})

local function pad(s, width, char, side)
  local fill = char:rep(width - #s)
  if side == "left" then return fill .. s end
  return s .. fill
end
local function rule(widths)
  local parts = {}
  for i, w in ipairs(widths) do parts[i] = ("-"):rep(w) end
  return "+" .. table.concat(parts, "+") .. "+"
end
local function render(rows, align)
  local widths = {}
  for _, row in ipairs(rows) do
    for j, v in ipairs(row) do widths[j] = math.max(widths[j] or 0, #tostring(v)) end
  end
  local lines = {rule(widths)}
  for _, row in ipairs(rows) do
    local cells = {}
    for j, v in ipairs(row) do cells[j] = pad(tostring(v), widths[j], align.fill or " ", align[j]) end
    lines[#lines + 1] = "|" .. table.concat(cells, "|") .. "|"
  end
  lines[#lines + 1] = rule(widths)
  return table.concat(lines, "\n")
end
local rows = {{"item", "qty"}, {"bolt", 12}, {"washer", 1000}}
print(render(rows, {"right", "left"}))
print(render(rows, {"left", "left", fill = "."}))

-- How such messages look for functions, methods, and wrong selves.
local function message(f, ...) return (select(2, pcall(f, ...)):gsub("^.-([%w_]+%.lua:%d+: )", "%1")) end
print(message(function() ("x"):rep({}) end))
print(message(function() string.rep("x", {}) end))
print(message(function() ("x"):rep() end))
print(message(function() ("x").rep() end))
print(message(function() string.rep() end))
print(message(function() local s = string s.rep(nil, 1) end))
print(message(function() ("x"):bad() end))
print(message(function() io.stdout:seek("nowhere") end))
print(message(function() io.stdout.seek("nowhere") end))
print(message(function() local t = {insert = table.insert} t:insert(1, 2, 3) end))
print(message(function() local o = setmetatable({}, {__index = {f = string.sub}}) o:f(1) end))
print(message(function() local co = coroutine.create(print) coroutine.resume(5, co) end))
print(message(string.rep))
print(message(string.rep, "x", 1, {}))
print(render(rows, {"left", fill = setmetatable({}, {__index = string})}))

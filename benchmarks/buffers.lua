-- text built in buffers: table.concat, appending to lists, joining and splitting, indentation, CSV
local N = tonumber((...)) or 250
local concat, insert = table.concat, table.insert
local function split(s, separator)
  local parts, from = {}, 1
  while true do
    local a, b = s:find(separator, from, true)
    if not a then break end
    parts[#parts + 1] = s:sub(from, a - 1)
    from = b + 1
  end
  parts[#parts + 1] = s:sub(from)
  return parts
end
local Buffer = {}
Buffer.__index = Buffer
function Buffer.new() return setmetatable({ n = 0, length = 0 }, Buffer) end
function Buffer:put(...)
  for i = 1, select("#", ...) do
    local s = tostring((select(i, ...)))
    self.n = self.n + 1
    self[self.n] = s
    self.length = self.length + #s
  end
  return self
end
function Buffer:line(...) return self:put(...):put("\n") end
function Buffer:string() return concat(self, "", 1, self.n) end
local function to_csv(rows)
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for j, cell in ipairs(row) do
      cell = tostring(cell)
      if cell:find('[,"\n]') then cell = '"' .. cell:gsub('"', '""') .. '"' end
      cells[j] = cell
    end
    lines[i] = concat(cells, ",")
  end
  return concat(lines, "\n")
end
local function from_csv(text)
  local rows = {}
  for line in text:gmatch("[^\n]+") do
    local row, at = {}, 1
    repeat
      if line:sub(at, at) == '"' then
        local cell = ""
        local from = at + 1
        while true do
          local close = line:find('"', from, true)
          if line:sub(close + 1, close + 1) == '"' then
            cell = cell .. line:sub(from, close)
            from = close + 2
          else
            row[#row + 1] = cell .. line:sub(from, close - 1)
            at = close + 2
            break
          end
        end
      else
        local comma = line:find(",", at, true) or #line + 1
        row[#row + 1] = line:sub(at, comma - 1)
        at = comma + 1
      end
    until at > #line
    rows[#rows + 1] = row
  end
  return rows
end
local function render(node, indent, out)
  insert(out, ("  "):rep(indent))
  insert(out, "<" .. node.tag)
  for i = 1, #node.attributes, 2 do insert(out, " " .. node.attributes[i] .. "=\"" .. node.attributes[i + 1] .. "\"") end
  if #node == 0 then insert(out, "/>\n"); return end
  insert(out, ">\n")
  for _, child in ipairs(node) do render(child, indent + 1, out) end
  insert(out, ("  "):rep(indent))
  insert(out, "</" .. node.tag .. ">\n")
end
local function tree(depth, k)
  local node = { tag = "n" .. k, attributes = { "id", k, "depth", depth } }
  if depth > 0 then for i = 1, 3 do node[i] = tree(depth - 1, k * 3 + i) end end
  return node
end
local rows, document = {}, tree(5, 1)
for i = 1, 150 do rows[i] = { i, "name " .. i, i % 5 == 0 and 'say "hi", twice' or "plain", i * 0.5 } end
local sum = 0
for r = 1, N do
  local buffer = Buffer.new()
  for i = 1, 400 do buffer:put("item ", i):line(": ", i * r, ";") end
  local text = buffer:string()
  assert(#text == buffer.length)
  local lines = split(text, "\n")
  sum = sum + #text + #lines + #split(lines[7], " ")
  local csv = to_csv(rows)
  local back = from_csv(csv)
  assert(to_csv(back) == csv)
  local out = {}
  render(document, 0, out)
  sum = sum + #csv + #concat(out) + #back[5][3]
end
print(sum)

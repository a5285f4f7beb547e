-- Converts a subset of Markdown, read from standard input, to HTML.
local function escape(s) return (s:gsub("[&<>\"]", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"})) end

-- Inline elements. Code spans are taken out first so that nothing inside them is interpreted.
local function inline(s)
  local codes = {}
  s = s:gsub("`([^`]+)`", function(c)
    codes[#codes + 1] = "<code>" .. escape(c) .. "</code>"
    return "\1" .. #codes .. "\1"
  end)
  s = escape(s)
  s = s:gsub("!%[(.-)%]%((.-)%)", '<img src="%2" alt="%1">')
  s = s:gsub("%[(.-)%]%((.-)%)", '<a href="%2">%1</a>')
  s = s:gsub("%*%*(.-)%*%*", "<strong>%1</strong>")
  s = s:gsub("%f[%*]%*([^%*]+)%*%f[^%*]", "<em>%1</em>")
  s = s:gsub("%f[%w_]_(%w[^_]*)_%f[^%w_]", "<em>%1</em>")
  s = s:gsub("  $", "<br>")
  return (s:gsub("\1(%d+)\1", function(n) return codes[tonumber(n)] end))
end

local out = {}
local function put(...) out[#out + 1] = table.concat {...} end

local para = {}
local function flush()
  if #para > 0 then put("<p>", table.concat(para, "\n"), "</p>") para = {} end
end

local stack = {} -- open lists: {tag, indent}
local function close_lists(indent)
  while #stack > 0 and stack[#stack].indent > indent do
    local top = table.remove(stack)
    put((" "):rep(#stack), "</", top.tag, ">")
  end
end

local fence
local handlers = {
  {"^(#+)%s+(.-)%s*#*$", function(h, text)
    if #h > 6 then return false end
    flush() close_lists(-1)
    local id = text:lower():gsub("[^%w ]", ""):gsub(" ", "-")
    put("<h", #h, " id=\"", id, "\">", inline(text), "</h", #h, ">")
  end},
  {"^%s*%-%-%-+%s*$", function() flush() close_lists(-1) put "<hr>" end},
  {"^>%s?(.*)$", function(text) flush() close_lists(-1) put("<blockquote>", inline(text), "</blockquote>") end},
  {"^(%s*)([-*+])%s+(.*)$", function(indent, _, text)
    flush()
    close_lists(#indent)
    if #stack == 0 or stack[#stack].indent < #indent then
      put((" "):rep(#stack), "<ul>")
      stack[#stack + 1] = {tag = "ul", indent = #indent}
    end
    put((" "):rep(#stack), "<li>", inline(text), "</li>")
  end},
  {"^(%s*)(%d+)%.%s+(.*)$", function(indent, n, text)
    flush()
    close_lists(#indent)
    if #stack == 0 or stack[#stack].indent < #indent then
      put((" "):rep(#stack), n == "1" and "<ol>" or '<ol start="' .. n .. '">')
      stack[#stack + 1] = {tag = "ol", indent = #indent}
    end
    put((" "):rep(#stack), "<li>", inline(text), "</li>")
  end},
  {"^|(.+)|%s*$", function(cells)
    flush() close_lists(-1)
    if cells:find("^[%s|:-]+$") then return end
    local row = {}
    for c in (cells .. "|"):gmatch("%s*(.-)%s*|") do row[#row + 1] = "<td>" .. inline(c) .. "</td>" end
    put("<tr>", table.concat(row), "</tr>")
  end},
}

for line in io.lines() do
  if fence then
    if line:find("^```") then put "</pre>" fence = nil else put(escape(line)) end
    goto continue
  end
  do
    local lang = line:match("^```(%w*)")
    if lang then
      flush() close_lists(-1)
      put(lang ~= "" and '<pre class="' .. lang .. '">' or "<pre>")
      fence = true
      goto continue
    end
  end
  if line:find("^%s*$") then flush() close_lists(-1) goto continue end
  for _, h in ipairs(handlers) do
    local caps = table.pack(line:match(h[1]))
    if caps[1] and h[2](table.unpack(caps, 1, caps.n)) ~= false then goto continue end
  end
  close_lists(-1)
  para[#para + 1] = inline(line)
  ::continue::
end
flush()
close_lists(-1)
if fence then put "<!-- unclosed fence --></pre>" end
print(table.concat(out, "\n"))
print(#out .. " elements")

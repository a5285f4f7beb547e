-- A template engine: text with {{expressions}}, {% statements %} and {# comments #} becomes a Lua
-- function through load, with its own environment, filters and error lines that match the template.
local function escape(s) return (tostring(s):gsub("[&<>]", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;"})) end
local filters = {
  upper = string.upper,
  trim = function(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end,
  join = function(t, sep) return table.concat(t, sep or ",") end,
  default = function(v, d) if v == nil or v == "" then return d end return v end,
  pad = function(s, n) return ("%" .. n .. "s"):format(s) end,
}

local function translate(src)
  local out, pos = {"local _put, _esc, _f = ...; "}, 1
  local function lines(s) return (s:gsub("[^\n]", "")) end
  while true do
    local open, _, kind = src:find("{([{%%#])", pos)
    local text = src:sub(pos, (open or 0) - 1)
    if text ~= "" then out[#out + 1] = ("_put(%q) "):format(text) end
    if not open then break end
    local closer = kind == "{" and "}}" or kind .. "}"
    local from, to = src:find(closer, open + 2, true)
    if not from then
      local _, n = src:sub(1, open):gsub("\n", "")
      error("line " .. n + 1 .. ": unclosed {" .. kind, 0)
    end
    local body = src:sub(open + 2, from - 1)
    if kind == "%" then
      out[#out + 1] = body .. " "
    elseif kind == "{" then
      local raw, expr = body:match("^(!?)(.*)$")
      local parts = {}
      for p in (expr .. "|"):gmatch("(.-)|") do parts[#parts + 1] = p end
      local e = "(" .. parts[1] .. ")"
      for i = 2, #parts do
        local name, arg = parts[i]:match("^%s*(%w+)%s*:?%s*(.-)%s*$")
        e = ("_f.%s(%s%s)"):format(name, e, arg ~= "" and ", " .. arg or "")
      end
      out[#out + 1] = raw == "!" and "_put(" .. e .. ") " or "_put(_esc(" .. e .. ")) "
    else
      out[#out + 1] = lines(body)
    end
    pos = to + 1
    -- A newline right after a statement belongs to it.
    if kind == "%" and src:sub(pos, pos) == "\n" then
      pos = pos + 1
      out[#out + 1] = "\n"
    end
  end
  -- %q writes line ends as backslash and newline, so line numbers stay those of the template.
  return table.concat(out)
end

local function render(name, src, vars)
  local ok, code = pcall(translate, src)
  if not ok then return nil, code end
  local env = setmetatable({}, {__index = function(_, k)
    local v = vars[k]
    if v ~= nil then return v end
    return ({ipairs = ipairs, pairs = pairs, tostring = tostring, string = string, math = math})[k]
  end})
  local chunk, err = load(code, "=" .. name, "t", env)
  if not chunk then return nil, err end
  local parts = {}
  local fine, failure = pcall(chunk, function(s) parts[#parts + 1] = tostring(s) end, escape, filters)
  if not fine then return nil, failure end
  return table.concat(parts)
end

local data = {
  title = "Orders <open> & closed",
  items = {{name = "bolt", n = 12, price = 0.5}, {name = "nut", n = 0, price = 0.25}, {name = "a<b", n = 3, price = 10}},
  note = "  spaced  ",
}
print(render("plain", "no tags at all", data))
print(render("empty", "", data))
print(render("list", [[
<h1>{{title | upper}}</h1>{# a comment
over two lines #}
{% local sum = 0 %}
{% for i, item in ipairs(items) do %}
{% if item.n > 0 then %}
{{i}}. {{item.name}} x{{item.n | pad: 4}} = {{string.format("%.2f", item.n * item.price)}}
{% sum = sum + item.n * item.price %}
{% else %}
{{i}}. {{item.name}} sold out
{% end %}
{% end %}
total {{sum}} [{{note | trim}}] {{missing | default: "none"}} {{!title}}
]], data))
print(render("join", "{{ {3, 1, 2} | join: '-' }} and {{ {'x'} | join }}", data))
print(render("unclosed", "line one\nline {{two", data))
print(render("syntax", "a\nb\n{% for x in %}\n", data))
print(render("runtime", "a\n\n{{items.first.name}}\n", data))
print(render("unknown", "x{# c\n#}\n{{1 | nofilter}}", data))
print(render("sandbox", "{{os == nil}} {{io == nil}} {{_G == nil}}", data))
print(render("globals", "{% count = 5 %}{{count}} {{#items}}", data), rawget(_G, "count"))
print(render("nested", "{% for y = 1, 3 do %}{% for x = 1, 3 do %}{{x * y | pad: 3}}{% end %}\n{% end %}", data))

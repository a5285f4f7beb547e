-- templates: gsub with patterns, functions, tables; expansion of variables, conditions and loops; escaping
local N = tonumber((...)) or 450
local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local function escape(s) return (s:gsub('[&<>"]', entities)) end
local function lookup(env, path)
  local v = env
  for key in path:gmatch("[^.]+") do
    if type(v) ~= "table" then return nil end
    v = v[tonumber(key) or key]
  end
  return v
end
local function expand(template, env)
  template = template:gsub("{%%for (%w+) in ([%w.]+)%%}(.-){%%end%%}", function(name, path, body)
    local out, outer = {}, env[name]
    for i, item in ipairs(lookup(env, path) or {}) do
      env[name], env.index = item, i
      out[i] = expand(body, env)
    end
    env[name] = outer
    return table.concat(out)
  end)
  template = template:gsub("{%%if ([%w.]+)%%}(.-){%%fi%%}", function(path, body) return lookup(env, path) and body or "" end)
  return (template:gsub("{{%s*([%w.]+)%s*|?%s*(%w*)%s*}}", function(path, filter)
    local v = tostring(lookup(env, path))
    if filter == "upper" then v = v:upper() elseif filter == "trim" then v = v:match("^%s*(.-)%s*$") end
    return escape(v)
  end))
end
local page = [[
<h1>{{ title | upper }}</h1>
{%if user%}<p>Welcome, {{user.name}} from {{ user.address.city }}!</p>{%fi%}{%if admin%}<p>All rights</p>{%fi%}
<ul>
{%for item in items%}  <li class="row">{{index}}. {{item.name | trim}}: {{ item.price }} &euro;</li>
{%end%}</ul>
]]
local function markdown(text)
  text = text:gsub("%*%*(.-)%*%*", "<b>%1</b>"):gsub("_(%w+)_", "<i>%1</i>")
  text = text:gsub("%[([^%]]+)%]%(([^)]+)%)", '<a href="%2">%1</a>')
  text = text:gsub("\n\n+", "</p>\n<p>"):gsub("`([^`]*)`", function(code) return "<code>" .. escape(code) .. "</code>" end)
  return "<p>" .. text .. "</p>"
end
local function camel(s) return (s:gsub("_(%l)", string.upper)) end
local function snake(s) return (s:gsub("%u", function(c) return "_" .. c:lower() end)) end
local function url_encode(s) return (s:gsub("[^%w%-._~]", function(c) return ("%%%02X"):format(c:byte()) end)) end
local function url_decode(s) return (s:gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)) end
local items = {}
for i = 1, 60 do items[i] = { name = "  thing <" .. i .. "> ", price = i * 1.25 } end
local env = { title = "shop & more", items = items, user = { name = "O'Neil", address = { city = "Köln" } } }
local source = ("This is **bold** and _this_ is [a link](https://example.org/a?b=c) with `if a < b`.\n\nNext paragraph. "):rep(30)
local sum = 0
for r = 1, N do
  env.title = "shop & more " .. r
  local html = expand(page, env)
  local text = markdown(source)
  sum = sum + #html + #text
  for i = 1, 40 do
    local name = camel("some_long_name_of_" .. string.char(97 + i % 26) .. "thing")
    sum = sum + #name + #snake(name)
    local url = url_encode("q=" .. i .. " & x/y ü")
    assert(url_decode(url) == "q=" .. i .. " & x/y ü")
    sum = sum + #url
  end
  local squeezed, n = html:gsub("%s+", " ")
  sum = sum + #squeezed + n + select(2, html:gsub("", "")) + select(2, html:gsub("%f[%a]%a+", "%0", 50))
end
print(sum)

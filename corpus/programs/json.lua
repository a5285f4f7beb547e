-- A JSON reader and writer with exact error positions.
local escapes = {['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t"}
local null = setmetatable({}, {__tostring = function() return "null" end})

local Reader = {}
Reader.__index = Reader

function Reader:fail(what)
  local line, last = 1, 0
  for p in self.text:sub(1, self.pos - 1):gmatch("()\n") do line = line + 1 last = p end
  error({message = what, line = line, column = self.pos - last}, 0)
end

function Reader:skip()
  self.pos = self.text:find("[^ \t\r\n]", self.pos) or #self.text + 1
end

function Reader:expect(char)
  self:skip()
  if self.text:sub(self.pos, self.pos) ~= char then self:fail("expected '" .. char .. "'") end
  self.pos = self.pos + 1
end

function Reader:string()
  local out = {}
  self.pos = self.pos + 1
  while true do
    local stop = self.text:find('["\\%c]', self.pos)
    if not stop then self.pos = #self.text + 1 self:fail("unfinished string") end
    out[#out + 1] = self.text:sub(self.pos, stop - 1)
    local c = self.text:sub(stop, stop)
    self.pos = stop
    if c == '"' then
      self.pos = stop + 1
      return table.concat(out)
    elseif c ~= "\\" then
      self:fail("control character in string")
    end
    local e = self.text:sub(stop + 1, stop + 1)
    if e == "u" then
      local hex = self.text:match("^%x%x%x%x", stop + 2)
      if not hex then self:fail("bad unicode escape") end
      local code = tonumber(hex, 16)
      self.pos = stop + 6
      if code >= 0xD800 and code < 0xDC00 then
        local low = self.text:match("^\\u([dD][c-fC-F]%x%x)", self.pos)
        if not low then self:fail("lone surrogate") end
        code = 0x10000 + ((code & 0x3FF) << 10) + (tonumber(low, 16) & 0x3FF)
        self.pos = self.pos + 6
      end
      out[#out + 1] = utf8.char(code)
    else
      out[#out + 1] = escapes[e] or self:fail("bad escape")
      self.pos = stop + 2
    end
  end
end

function Reader:number()
  local s = self.text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", self.pos)
  if not s or s:find("^-?0%d") or s:find("%.$") or s:find("%.[eE]") or s:find("[eE+-]$") then self:fail("bad number") end
  self.pos = self.pos + #s
  return math.tointeger(tonumber(s)) and not s:find("[%.eE]") and math.tointeger(tonumber(s)) or tonumber(s) + 0.0
end

function Reader:value(depth)
  self:skip()
  if depth > 40 then self:fail("nested too deeply") end
  local c = self.text:sub(self.pos, self.pos)
  if c == "{" then
    local obj, keys = {}, {}
    self.pos = self.pos + 1
    self:skip()
    if self.text:sub(self.pos, self.pos) == "}" then self.pos = self.pos + 1 return obj end
    repeat
      self:skip()
      if self.text:sub(self.pos, self.pos) ~= '"' then self:fail("expected key") end
      local key = self:string()
      if keys[key] then self:fail("duplicate key '" .. key .. "'") end
      keys[key] = true
      self:expect ":"
      obj[key] = self:value(depth + 1)
      self:skip()
      local sep = self.text:sub(self.pos, self.pos)
      if sep ~= "," and sep ~= "}" then self:fail("expected ',' or '}'") end
      self.pos = self.pos + 1
    until sep == "}"
    return obj
  elseif c == "[" then
    local list = {n = 0}
    self.pos = self.pos + 1
    self:skip()
    if self.text:sub(self.pos, self.pos) == "]" then self.pos = self.pos + 1 return list end
    while true do
      list.n = list.n + 1
      list[list.n] = self:value(depth + 1)
      self:skip()
      local sep = self.text:sub(self.pos, self.pos)
      self.pos = self.pos + 1
      if sep == "]" then return list end
      if sep ~= "," then self.pos = self.pos - 1 self:fail("expected ',' or ']'") end
    end
  elseif c == '"' then return self:string()
  elseif c:find("[%d-]") then return self:number()
  end
  for word, v in pairs {["true"] = true, ["false"] = false, null = null} do
    if self.text:sub(self.pos, self.pos + #word - 1) == word then
      self.pos = self.pos + #word
      return v
    end
  end
  self:fail(c == "" and "unexpected end" or "unexpected '" .. c .. "'")
end

local function decode(text)
  local reader = setmetatable({text = text, pos = 1}, Reader)
  local v = reader:value(1)
  reader:skip()
  if reader.pos <= #text then reader:fail("trailing text") end
  return v
end

local encode
local function quote(s)
  return '"' .. s:gsub('[%c"\\]', function(c)
    for short, real in pairs(escapes) do if real == c and short ~= "/" then return "\\" .. short end end
    return ("\\u%04x"):format(c:byte())
  end) .. '"'
end
function encode(v, indent)
  indent = indent or ""
  if v == null or v == nil then return "null" end
  local kind = type(v)
  if kind == "string" then return quote(v) end
  if kind == "number" then return math.type(v) == "integer" and ("%d"):format(v) or ("%.14g"):format(v) end
  if kind ~= "table" then return tostring(v) end
  local parts, inner = {}, indent .. "  "
  if v.n then
    for i = 1, v.n do parts[i] = encode(v[i], inner) end
    return #parts == 0 and "[]" or "[" .. table.concat(parts, ", ") .. "]"
  end
  local keys = {}
  for k in pairs(v) do keys[#keys + 1] = k end
  table.sort(keys)
  for i, k in ipairs(keys) do parts[i] = inner .. quote(k) .. ": " .. encode(v[k], inner) end
  return #parts == 0 and "{}" or "{\n" .. table.concat(parts, ",\n") .. "\n" .. indent .. "}"
end

local doc = decode [==[
{ "name": "corpus", "count": 12, "ratio": 0.25, "big": 9007199254740993, "exp": 1e3,
  "tags": ["a", "b\n", "\u00e9\ud83d\ude00", "\/"], "empty": {}, "none": [],
  "nested": {"deep": [[1, [2, [3]]], {"x": null, "y": [true, false]}]} }
]==]
print(encode(doc))
print(doc.nested.deep[1][2][2][1], doc.tags[3], math.type(doc.count), math.type(doc.exp), doc.none.n)
assert(encode(decode(encode(doc))) == encode(doc))
for _, bad in ipairs {
  "", "[1, 2", "[1 2]", "{\"a\" 1}", "{a: 1}", "\"abc", "\"a\nb\"", "01", "1.", "-", "[1,]", "tru", "1 2",
  "{\"k\":1,\n \"k\":2}", "\"\\x\"", "\"\\ud800\"", "\"\\u12\"", ("["):rep(50), "[\n\n  @]", "1e",
} do
  local ok, e = pcall(decode, bad)
  print(ok, ("%-26s %d:%d"):format(e.message, e.line, e.column))
end

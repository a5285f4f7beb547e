-- A small regular-expression engine: recursive-descent compiler to a program of instructions,
-- run as a set of threads (no backtracking), with captures.
local Compiler = {}
Compiler.__index = Compiler

function Compiler:emit(op, a, b)
  self.code[#self.code + 1] = {op = op, a = a, b = b}
  return #self.code
end

function Compiler:class()
  local negate = self.src:sub(self.pos, self.pos) == "^"
  if negate then self.pos = self.pos + 1 end
  local set, first = {}, true
  while true do
    local c = self.src:sub(self.pos, self.pos)
    if c == "" then error("missing ]", 0) end
    if c == "]" and not first then break end
    first = false
    if c == "\\" then self.pos = self.pos + 1 c = self.src:sub(self.pos, self.pos) end
    local hi = self.src:match("^%-([^%]])", self.pos + 1)
    if hi then
      if c > hi then error("bad range", 0) end
      for b = c:byte(), hi:byte() do set[b] = true end
      self.pos = self.pos + 3
    else
      set[c:byte()] = true
      self.pos = self.pos + 1
    end
  end
  self.pos = self.pos + 1
  return function(b) return (set[b] or false) ~= negate end
end

local shorthand = {d = "%d", w = "%w", s = "%s", D = "%D", W = "%W", S = "%S"}

function Compiler:atom()
  local c = self.src:sub(self.pos, self.pos)
  self.pos = self.pos + 1
  if c == "(" then
    self.groups = self.groups + 1
    local g = self.groups
    self:emit("save", 2 * g)
    self:alternatives()
    if self.src:sub(self.pos, self.pos) ~= ")" then error("missing )", 0) end
    self.pos = self.pos + 1
    self:emit("save", 2 * g + 1)
  elseif c == "." then self:emit("test", function(b) return b ~= 10 end)
  elseif c == "[" then self:emit("test", self:class())
  elseif c == "^" then self:emit("bol")
  elseif c == "$" then self:emit("eol")
  elseif c == "\\" then
    local e = self.src:sub(self.pos, self.pos)
    if e == "" then error("trailing backslash", 0) end
    self.pos = self.pos + 1
    if shorthand[e] then
      self:emit("test", function(b) return string.char(b):find(shorthand[e]) ~= nil end)
    else
      self:emit("char", e:byte())
    end
  elseif c == "*" or c == "+" or c == "?" then error("nothing to repeat", 0)
  else self:emit("char", c:byte()) end
end

-- Moves the code from 'from' on by one place, to make room for a split in front of it.
local function insert(code, from, ins)
  for _, i in ipairs(code) do
    if i.op == "split" or i.op == "jmp" then
      if i.a and i.a >= from then i.a = i.a + 1 end
      if i.b and i.b >= from then i.b = i.b + 1 end
    end
  end
  table.insert(code, from, ins)
end

function Compiler:sequence()
  while self.pos <= #self.src and not self.src:find("^[|)]", self.pos) do
    local start = #self.code + 1
    self:atom()
    local q, lazy = self.src:match("^([*+?])(%??)", self.pos)
    if q then
      self.pos = self.pos + 1 + #lazy
      local after
      if q == "+" then
        self:emit("split", start, #self.code + 2)
        after = self.code[#self.code]
      else
        after = {op = "split"}
        insert(self.code, start, after)
        after.a = start + 1
        if q == "*" then self:emit("jmp", start) end
        after.b = #self.code + 1
      end
      if lazy ~= "" then after.a, after.b = after.b, after.a end
    end
  end
end

function Compiler:alternatives()
  local start = #self.code + 1
  self:sequence()
  while self.src:sub(self.pos, self.pos) == "|" do
    self.pos = self.pos + 1
    insert(self.code, start, {op = "split", a = start + 1})
    local jump = self:emit("jmp")
    self.code[start].b = jump + 1
    self:sequence()
    self.code[jump].a = #self.code + 1
    self:emit("nop")
  end
end

local function compile(src)
  local c = setmetatable({src = src, pos = 1, code = {}, groups = 0}, Compiler)
  c:emit("save", 0)
  c:alternatives()
  if c.pos <= #src then error("unmatched )", 0) end
  c:emit("save", 1)
  c:emit("match")
  return c
end

local function search(re, text)
  local code = re.code
  local function add(list, pc, caps, at)
    if list.seen[pc] then return end
    list.seen[pc] = true
    local i = code[pc]
    if i.op == "jmp" then return add(list, i.a, caps, at)
    elseif i.op == "nop" then return add(list, pc + 1, caps, at)
    elseif i.op == "split" then
      add(list, i.a, caps, at)
      return add(list, i.b, caps, at)
    elseif i.op == "save" then
      local copy = table.move(caps, 0, 2 * re.groups + 1, 0, {})
      copy[i.a] = at
      return add(list, pc + 1, copy, at)
    elseif i.op == "bol" then if at == 1 then return add(list, pc + 1, caps, at) end
    elseif i.op == "eol" then if at == #text + 1 then return add(list, pc + 1, caps, at) end
    else list[#list + 1] = {pc = pc, caps = caps} end
  end
  local current, found = {seen = {}}, nil
  for at = 1, #text + 1 do
    if not found then add(current, 1, {}, at) end
    local following = {seen = {}}
    local b = text:byte(at)
    for _, th in ipairs(current) do
      local i = code[th.pc]
      if i.op == "match" then found = th.caps break end
      if b and (i.op == "char" and i.a == b or i.op == "test" and i.a(b)) then
        add(following, th.pc + 1, th.caps, at + 1)
      end
    end
    current = following
    if found and #current == 0 then break end
  end
  return found
end

local function show(src, text)
  local ok, re = pcall(compile, src)
  if not ok then return print(("%-20s error: %s"):format(src, re)) end
  local m = search(re, text)
  local out = {}
  for g = 0, m and re.groups or -1 do
    out[#out + 1] = m[2 * g + 1] and "'" .. text:sub(m[2 * g], m[2 * g + 1] - 1) .. "'" or "-"
  end
  print(("%-20s %-18s %s"):format(src, text, m and m[0] .. ": " .. table.concat(out, " ") or "no match"))
end

for _, t in ipairs {
  {"abc", "xxabcxx"}, {"a*", "aaa"}, {"a*?", "aaa"}, {"a+?b", "aaab"}, {"(a|b)*c", "ababc"}, {"(a|ab)(c|bcd)(d*)", "abcd"},
  {"^x?y$", "y"}, {"^x?y$", "xyz"}, {"[a-c]+[^a-c]", "zzabcd"}, {"(\\d+)-(\\d+)", "tel 555-1234."}, {"\\w+@\\w+\\.com", "me@site.com"},
  {"(x+x+)+y", "xxxxxxxxxxxxxxxxxxxxxxxxxx"}, {"(a*)*b", "aaab"}, {"", "anything"}, {"a|", "b"}, {"[]x]+", "a]x]"},
  {"((a)(b)?)+", "aba"}, {"\\S+\\s\\S+", "two words here"}, {".+", "line\nnext"}, {"a.c", "a\nc abc"}, {"\\.\\*", "a.*b"},
  {"(one|two|three)+", "twoonethree!"}, {"(ab", "ab"}, {"ab)", "ab"}, {"*a", "a"}, {"[z-a]", "m"}, {"[abc", "a"}, {"a\\", "a"},
} do show(t[1], t[2]) end

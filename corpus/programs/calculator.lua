-- A desk calculator reading commands from standard input: variables, functions, history, error recovery.
local vars, history, functions = {ans = 0, pi = math.pi, e = math.exp(1)}, {}, {}
for _, n in ipairs {"sqrt", "sin", "cos", "floor", "abs", "max", "min", "exp"} do functions[n] = math[n] end
functions.log = function(x, b) return b and math.log(x, b) or math.log(x) end

local function tokens(line)
  local list, pos = {}, 1
  while true do
    pos = line:match("^%s*()", pos)
    if pos > #line then break end
    local t = line:match("^%d+%.?%d*[eE][+-]?%d+", pos) or line:match("^0[xX]%x+", pos) or line:match("^%d*%.?%d+", pos)
      or line:match("^[%a_][%w_]*", pos) or line:match("^[-+*/%%^()=,!]", pos)
    if not t then error({pos = pos, msg = "unexpected '" .. line:match(utf8.charpattern, pos) .. "'"}) end
    list[#list + 1] = {text = t, pos = pos}
    pos = pos + #t
  end
  list[#list + 1] = {text = "", pos = #line + 1}
  return list
end

local Parser = {}
Parser.__index = Parser
function Parser:peek() return self[self.at].text end
function Parser:take(what)
  local t = self[self.at]
  if what and t.text ~= what then self:fail(("expected '%s'"):format(what)) end
  self.at = self.at + 1
  return t.text
end
function Parser:fail(msg) error({pos = self[self.at].pos, msg = msg}) end
function Parser:sum(scope)
  local v = self:product(scope)
  while self:peek() == "+" or self:peek() == "-" do
    local op, r = self:take(), nil
    r = self:product(scope)
    if op == "+" then v = v + r else v = v - r end
  end
  return v
end
function Parser:product(scope)
  local v = self:unary(scope)
  while self:peek():find("^[*/%%]$") do
    local op, r = self:take(), self:unary(scope)
    if op == "*" then v = v * r
    elseif op == "/" then v = v / r
    elseif r == 0 then self:fail("modulo by zero")
    else v = v % r end
  end
  return v
end
function Parser:unary(scope)
  if self:peek() == "-" then self:take() return -self:unary(scope) end
  return self:power(scope)
end
function Parser:power(scope)
  local base = self:postfix(scope)
  if self:peek() == "^" then self:take() return base ^ self:unary(scope) end
  return base
end
function Parser:postfix(scope)
  local v = self:atom(scope)
  while self:peek() == "!" do
    self:take()
    if math.type(v) ~= "integer" or v < 0 or v > 20 then self:fail("factorial of " .. tostring(v)) end
    local f = 1
    for i = 2, v do f = f * i end
    v = f
  end
  return v
end
function Parser:atom(scope)
  local t = self:peek()
  if t == "(" then
    self:take()
    local v = self:sum(scope)
    self:take ")"
    return v
  elseif t:find("^[%d.]") then return tonumber(self:take())
  elseif t:find("^[%a_]") then
    local pos = self.at
    self:take()
    if self:peek() == "(" then
      local f = functions[t] or self:fail("no function '" .. t .. "'")
      self:take()
      local args = {}
      while self:peek() ~= ")" do
        args[#args + 1] = self:sum(scope)
        if self:peek() ~= ")" then self:take "," end
      end
      self:take()
      local ok, r = pcall(f, table.unpack(args))
      if not ok then
        self.at = pos
        if type(r) == "table" then error(r) end
        self:fail((r:gsub("^.-:%d+: ", "")))
      end
      return r
    end
    local v = scope[t]
    if v == nil then self.at = pos self:fail("'" .. t .. "' is not defined") end
    return v
  end
  self:fail(t == "" and "something is missing" or "unexpected '" .. t .. "'")
end

local function evaluate(line, scope)
  local p = setmetatable(tokens(line), Parser)
  p.at = 1
  if p[2] and p[2].text == "=" and p[1].text:find("^%a") then
    p.at = 3
    local v = p:sum(scope)
    if p:peek() ~= "" then p:fail("unexpected '" .. p:peek() .. "'") end
    scope[p[1].text] = v
    return v
  end
  local v = p:sum(scope)
  if p:peek() ~= "" then p:fail("unexpected '" .. p:peek() .. "'") end
  return v
end

local commands = {}
function commands.def(rest)
  local name, params, body = rest:match("^(%a%w*)%(([%w, ]*)%)%s*=%s*(.+)$")
  if not name then return "usage: def name(params) = expression" end
  local names = {}
  for n in params:gmatch("%w+") do names[#names + 1] = n end
  functions[name] = function(...)
    if select("#", ...) ~= #names then error(("%s takes %d arguments"):format(name, #names), 0) end
    local scope = setmetatable({}, {__index = vars})
    for i, n in ipairs(names) do scope[n] = (select(i, ...)) end
    return evaluate(body, scope)
  end
  return "defined " .. name .. "/" .. #names
end
function commands.vars()
  local out = {}
  for k, v in pairs(vars) do out[#out + 1] = k .. "=" .. ("%.6g"):format(v) end
  table.sort(out)
  return table.concat(out, " ")
end
function commands.history() return table.concat(history, " ") end
function commands.clear() vars = {ans = 0} return "cleared" end

local n = 0
for line in io.lines() do
  n = n + 1
  local word, rest = line:match("^(%a+)%s*(.*)$")
  if line:find("^%s*#") or line:find("^%s*$") then
    -- comment
  elseif line == "quit" then
    break
  elseif word and commands[word] then
    print(n .. "> " .. commands[word](rest))
  else
    local ok, v = pcall(evaluate, line, vars)
    if ok then
      vars.ans = v
      history[#history + 1] = tostring(v)
      print(n .. "> " .. tostring(v))
    elseif type(v) == "table" then
      print(n .. "> " .. line)
      print((" "):rep(#tostring(n) + 1 + v.pos) .. "^ " .. v.msg)
    else
      print(n .. "> internal: " .. (v:gsub("^.-:%d+: ", "")))
    end
  end
end
print("left: " .. tostring(io.read "l"), io.read "l", io.read(0))

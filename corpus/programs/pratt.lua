-- A Pratt parser for arithmetic with variables, calls, assignment and conditional expressions,
-- producing a tree that is printed fully parenthesised, evaluated, and differentiated.
local function lex(src)
  local tokens, pos = {}, 1
  while true do
    pos = src:find("%S", pos)
    if not pos then break end
    local s, kind = src:match("^%d+%.?%d*", pos), "number"
    if not s then s, kind = src:match("^[%a_]%w*", pos), "name" end
    if not s then s, kind = src:match("^[<>=!]=", pos) or src:match("^[-+*/^%%()?:,<>=!]", pos), "op" end
    if not s then error(("column %d: unexpected '%s'"):format(pos, src:sub(pos, pos)), 0) end
    tokens[#tokens + 1] = {kind = kind, text = s, pos = pos}
    pos = pos + #s
  end
  tokens[#tokens + 1] = {kind = "end", text = "end of input", pos = #src + 1}
  return tokens
end

local Parser = {}
Parser.__index = Parser
function Parser:peek() return self.tokens[self.i] end
function Parser:next() self.i = self.i + 1 return self.tokens[self.i - 1] end
function Parser:want(text)
  local t = self:next()
  if t.text ~= text then error(("column %d: expected '%s', found '%s'"):format(t.pos, text, t.text), 0) end
end

local prefix, infix, power = {}, {}, {}
local function binary(op, left, right)
  power[op] = left
  infix[op] = function(p, lhs) return {op, lhs, p:expr(right or left)} end
end
power["="] = 1
infix["="] = function(p, lhs, t)
  if lhs[1] ~= "var" then error(("column %d: cannot assign"):format(t.pos), 0) end
  return {"=", lhs, p:expr(0)}
end
power["?"] = 2
infix["?"] = function(p, cond)
  local yes = p:expr(0)
  p:want ":"
  return {"?", cond, yes, p:expr(1)}
end
for _, op in ipairs {"==", "!=", "<", "<=", ">", ">="} do binary(op, 4) end
for _, op in ipairs {"+", "-"} do binary(op, 6) end
for _, op in ipairs {"*", "/", "%"} do binary(op, 8) end
binary("^", 11, 10)
power["("] = 13
infix["("] = function(p, callee, t)
  if callee[1] ~= "var" then error(("column %d: not callable"):format(t.pos), 0) end
  local call = {"call", callee[2]}
  if p:peek().text ~= ")" then
    repeat
      call[#call + 1] = p:expr(0)
      local more = p:peek().text == ","
      if more then p:next() end
    until not more
  end
  p:want ")"
  return call
end
prefix["-"] = function(p) return {"neg", p:expr(9)} end
prefix["("] = function(p) local e = p:expr(0) p:want ")" return e end

function Parser:expr(limit)
  local t = self:next()
  local lhs
  if t.kind == "number" then lhs = {"num", math.tointeger(t.text) or tonumber(t.text)}
  elseif t.kind == "name" then lhs = {"var", t.text}
  elseif prefix[t.text] then lhs = prefix[t.text](self, t)
  else error(("column %d: unexpected '%s'"):format(t.pos, t.text), 0) end
  while (power[self:peek().text] or -1) > limit do
    local op = self:next()
    lhs = infix[op.text](self, lhs, op)
  end
  return lhs
end

local function parse(src)
  local p = setmetatable({tokens = lex(src), i = 1}, Parser)
  local e = p:expr(0)
  local t = p:peek()
  if t.kind ~= "end" then error(("column %d: unexpected '%s'"):format(t.pos, t.text), 0) end
  return e
end

local function show(e)
  local k = e[1]
  if k == "num" or k == "var" then return tostring(e[2]) end
  if k == "neg" then return "(-" .. show(e[2]) .. ")" end
  local parts = {}
  for i = (k == "call" and 3 or 2), #e do parts[#parts + 1] = show(e[i]) end
  if k == "call" then return e[2] .. "(" .. table.concat(parts, ", ") .. ")" end
  if k == "?" then return "(" .. parts[1] .. " ? " .. parts[2] .. " : " .. parts[3] .. ")" end
  return "(" .. parts[1] .. " " .. k .. " " .. parts[2] .. ")"
end

local env = {pi = 3, x = 2, y = 10}
local funcs = {max = math.max, min = math.min, abs = math.abs, count = function(...) return select("#", ...) end}
local ops = {
  ["+"] = function(a, b) return a + b end, ["-"] = function(a, b) return a - b end,
  ["*"] = function(a, b) return a * b end, ["/"] = function(a, b) return a / b end,
  ["%"] = function(a, b) return a % b end, ["^"] = function(a, b) return a ^ b end,
  ["=="] = function(a, b) return a == b and 1 or 0 end, ["!="] = function(a, b) return a ~= b and 1 or 0 end,
  ["<"] = function(a, b) return a < b and 1 or 0 end, ["<="] = function(a, b) return a <= b and 1 or 0 end,
  [">"] = function(a, b) return a > b and 1 or 0 end, [">="] = function(a, b) return a >= b and 1 or 0 end,
}
local function eval(e)
  local k = e[1]
  if k == "num" then return e[2] end
  if k == "var" then return env[e[2]] or error("unknown variable '" .. e[2] .. "'", 0) end
  if k == "neg" then return -eval(e[2]) end
  if k == "?" then return eval(e[2]) ~= 0 and eval(e[3]) or eval(e[4]) end
  if k == "=" then env[e[2][2]] = eval(e[3]) return env[e[2][2]] end
  if k == "call" then
    local f = funcs[e[2]] or error("unknown function '" .. e[2] .. "'", 0)
    local args = {}
    for i = 3, #e do args[#args + 1] = eval(e[i]) end
    return f(table.unpack(args))
  end
  return ops[k](eval(e[2]), eval(e[3]))
end

-- Symbolic derivative with a few simplifications.
local function num(n) return {"num", n} end
local function is(e, n) return e[1] == "num" and e[2] == n end
local function add(a, b) return is(a, 0) and b or is(b, 0) and a or {"+", a, b} end
local function mul(a, b)
  if is(a, 0) or is(b, 0) then return num(0) end
  return is(a, 1) and b or is(b, 1) and a or {"*", a, b}
end
local function d(e, v)
  local k, a, b = e[1], e[2], e[3]
  if k == "num" then return num(0)
  elseif k == "var" then return num(a == v and 1 or 0)
  elseif k == "neg" then return {"neg", d(a, v)}
  elseif k == "+" then return add(d(a, v), d(b, v))
  elseif k == "*" then return add(mul(d(a, v), b), mul(a, d(b, v)))
  elseif k == "^" and b[1] == "num" then return mul(mul(b, {"^", a, num(b[2] - 1)}), d(a, v))
  end
  error("cannot differentiate '" .. k .. "'", 0)
end

for _, src in ipairs {
  "1 + 2 * 3 - 4", "2 ^ 3 ^ 2", "-2 ^ 2", "(1 + 2) * -3", "10 - 4 - 3", "100 / 10 / 2", "7 % 4 * 2",
  "a = b = x + 1", "a * b", "x < y ? x > 1 ? 10 : 20 : 30", "max(1, x ^ 3, min(y, 4))", "count()",
  "1 == 1 != 0", "x = 5 == 5", "1 / 0", "1.50 + 2.", "abs(-(3 - y))", "2 * pi * x",
  "", "1 +", "(1 + 2", "1 2", "3 = 4", "5(6)", "$", "f(1)", "q + 1", "max(1,)", "1 ? 2", ") + 1",
} do
  local ok, tree = pcall(parse, src)
  if not ok then
    print(("%-32s error: %s"):format(src, tree))
  else
    local fine, v = pcall(eval, tree)
    print(("%-32s %s = %s"):format(src, show(tree), tostring(v)))
  end
end
for _, src in ipairs {"x * x", "3 * x ^ 4 + 2 * x + 7", "(x + 1) * (x + y)", "-(x ^ 2) * y", "x / 2"} do
  local ok, e = pcall(d, parse(src), "x")
  print("d/dx " .. src, ok and show(e) or e)
end

-- a scanner and parser for a small language, byte by byte, into trees that are then evaluated
local N = tonumber((...)) or 130
local byte, sub = string.byte, string.sub
local source, at, kind, value
local SPACE, DIGIT, LETTER, OTHER = 1, 2, 3, 4
local class = {}
for c = 0, 255 do
  if c == 32 or c == 10 or c == 9 then class[c] = SPACE
  elseif c >= 48 and c <= 57 then class[c] = DIGIT
  elseif c >= 97 and c <= 122 or c >= 65 and c <= 90 or c == 95 then class[c] = LETTER
  else class[c] = OTHER end
end
local function advance()
  local c = byte(source, at)
  while c and class[c] == SPACE do at = at + 1; c = byte(source, at) end
  if not c then kind, value = "end", nil; return end
  local k = class[c]
  if k == DIGIT then
    local n = 0
    while c and class[c] == DIGIT do n = n * 10 + c - 48; at = at + 1; c = byte(source, at) end
    kind, value = "number", n
  elseif k == LETTER then
    local start = at
    while c and (class[c] == LETTER or class[c] == DIGIT) do at = at + 1; c = byte(source, at) end
    kind, value = "name", sub(source, start, at - 1)
  else
    kind, value = sub(source, at, at), nil
    at = at + 1
  end
end
local function expect(what)
  if kind ~= what then error("expected " .. what .. " near " .. at, 0) end
  advance()
end
local precedence = { ["+"] = 1, ["-"] = 1, ["*"] = 2, ["%"] = 2, ["&"] = 3 }
local expression
local function primary()
  local k, v = kind, value
  advance()
  if k == "number" then return { op = "number", value = v } end
  if k == "name" then return { op = "name", value = v } end
  if k == "-" then return { op = "negate", primary() } end
  if k == "(" then
    local e = expression(1)
    expect(")")
    return e
  end
  error("unexpected " .. k, 0)
end
function expression(limit)
  local left = primary()
  local level = precedence[kind]
  while level and level >= limit do
    local op = kind
    advance()
    left = { op = op, left, expression(level + 1) }
    level = precedence[kind]
  end
  return left
end
local function statements(text)
  source, at = text, 1
  advance()
  local list = {}
  while kind ~= "end" do
    local name = value
    expect("name")
    expect("=")
    list[#list + 1] = { name = name, value = expression(1) }
    expect(";")
  end
  return list
end
local eval = {}
local function evaluate(e, env) return eval[e.op](e, env) end
eval["+"] = function(e, env) return evaluate(e[1], env) + evaluate(e[2], env) end
eval["-"] = function(e, env) return evaluate(e[1], env) - evaluate(e[2], env) end
eval["*"] = function(e, env) return evaluate(e[1], env) * evaluate(e[2], env) % 1000003 end
eval["%"] = function(e, env) return evaluate(e[1], env) % (evaluate(e[2], env) | 1) end
eval["&"] = function(e, env) return evaluate(e[1], env) & evaluate(e[2], env) end
eval.negate = function(e, env) return -evaluate(e[1], env) end
eval.number = function(e) return e.value end
eval.name = function(e, env) return env[e.value] or 0 end
local parts = {}
for i = 1, 300 do
  parts[i] = "var_" .. i % 40 .. " = (var_" .. i % 7 .. " + " .. i .. ") * -3 % 1009 + alpha & 255 - (7 * (beta + " .. i * i .. "));\n"
end
local text = table.concat(parts)
local sum = 0
for r = 1, N do
  local list = statements(text)
  local env = { alpha = r, beta = 17 }
  for _ = 1, 4 do
    for i = 1, #list do env[list[i].name] = evaluate(list[i].value, env) end
  end
  sum = sum + env.var_3 + env.var_39 * r
end
print(sum, pcall(statements, "a = (1 + ;"))

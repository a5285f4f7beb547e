-- a compiler of Brainfuck to closures, and one to Lua source that is loaded
local N = tonumber((...)) or 120
local function parse(text)
  local stack, block = {}, {}
  local i = 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == "[" then
      stack[#stack + 1] = block
      block = {}
    elseif c == "]" then
      local body = block
      block = table.remove(stack)
      block[#block + 1] = { op = "loop", body = body }
    elseif c:find("[-+<>.]") then
      local j = i
      while text:sub(j + 1, j + 1) == c do j = j + 1 end
      local n = j - i + 1
      if c == "+" or c == "-" then block[#block + 1] = { op = "add", n = c == "+" and n or -n }
      elseif c == ">" or c == "<" then block[#block + 1] = { op = "move", n = c == ">" and n or -n }
      else block[#block + 1] = { op = "put", n = n } end
      i = j
    end
    i = i + 1
  end
  return block
end
local function to_closure(block)
  local steps = {}
  for i, node in ipairs(block) do
    local n = node.n
    if node.op == "add" then steps[i] = function(tape, p) tape[p] = (tape[p] + n) & 255; return p end
    elseif node.op == "move" then steps[i] = function(tape, p) return p + n end
    elseif node.op == "put" then steps[i] = function(tape, p) for _ = 1, n do tape.out[#tape.out + 1] = string.char(tape[p]) end return p end
    else
      local body = to_closure(node.body)
      steps[i] = function(tape, p) while tape[p] ~= 0 do p = body(tape, p) end return p end
    end
  end
  return function(tape, p) for i = 1, #steps do p = steps[i](tape, p) end return p end
end
local function to_source(block, out)
  for _, node in ipairs(block) do
    if node.op == "add" then out[#out + 1] = ("t[p] = (t[p] + %d) & 255"):format(node.n)
    elseif node.op == "move" then out[#out + 1] = ("p = p + %d"):format(node.n)
    elseif node.op == "put" then out[#out + 1] = ("for _ = 1, %d do o[#o + 1] = string.char(t[p]) end"):format(node.n)
    else
      out[#out + 1] = "while t[p] ~= 0 do"
      to_source(node.body, out)
      out[#out + 1] = "end"
    end
  end
  return out
end
local function tape() return setmetatable({ out = {} }, { __index = function() return 0 end }) end
-- multiplies by counting in loops within loops, then moves, compares and prints
local text = [==[
+++++++ [> ++++++++ [> +++++++++ [> ++++++++++ [> +++ > + << -] >> [- < + >] <<< -] < -] < -]
>>>> . [- > + > ++ << ] > [- < + >] > . >>> +++++ [> +++++ [> +++++ +++++ > +++ << -] < -] >> . > .
]==]
local block = parse(text)
local run = to_closure(block)
local compiled = load("local t, p, o = ...\n" .. table.concat(to_source(block, {}), "\n") .. "\nreturn p")
local sum = 0
for r = 1, N do
  local t = tape()
  run(t, 1)
  local first = table.concat(t.out)
  t = tape()
  compiled(t, 1, t.out)
  assert(first == table.concat(t.out))
  sum = sum + #first
end
local t = tape()
run(t, 1)
print(sum, table.concat(t.out):byte(1, -1))

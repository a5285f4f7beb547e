-- A small Forth: threaded code as closures, compiling words, control flow, a return stack.
local stack, rstack, dict, out = {}, {}, {}, {}
local function fail(msg) error({forth = msg}, 0) end
local function push(v) stack[#stack + 1] = v end
local function pop()
  local v = stack[#stack]
  if v == nil then fail "stack underflow" end
  stack[#stack] = nil
  return v
end
local function rpop() return table.remove(rstack) or fail "return stack underflow" end
local function emit(s) out[#out + 1] = s end
local function flag(b) return b and -1 or 0 end

local function binary(name, f) dict[name] = function() local b, a = pop(), pop() push(f(a, b)) end end
binary("+", function(a, b) return a + b end)
binary("-", function(a, b) return a - b end)
binary("*", function(a, b) return a * b end)
binary("/", function(a, b) if b == 0 then fail "division by zero" end return a // b end)
binary("mod", function(a, b) if b == 0 then fail "division by zero" end return a % b end)
binary("and", function(a, b) return a & b end)
binary("or", function(a, b) return a | b end)
binary("xor", function(a, b) return a ~ b end)
binary("lshift", function(a, b) return a << b end)
binary("<", function(a, b) return flag(a < b) end)
binary(">", function(a, b) return flag(a > b) end)
binary("=", function(a, b) return flag(a == b) end)
binary("max", math.max)
binary("min", math.min)
dict.dup = function() local a = pop() push(a) push(a) end
dict.drop = pop
dict.swap = function() local b, a = pop(), pop() push(b) push(a) end
dict.over = function() local b, a = pop(), pop() push(a) push(b) push(a) end
dict.rot = function() local c, b, a = pop(), pop(), pop() push(b) push(c) push(a) end
dict["?dup"] = function() local a = pop() push(a) if a ~= 0 then push(a) end end
dict.depth = function() push(#stack) end
dict.pick = function() local n = pop() push(stack[#stack - n] or fail "stack underflow") end
dict[">r"] = function() rstack[#rstack + 1] = pop() end
dict["r>"] = function() push(rpop()) end
dict["r@"] = function() push(rstack[#rstack] or fail "return stack underflow") end
dict.i = function() push(rstack[#rstack]) end
dict.j = function() push(rstack[#rstack - 2]) end
dict["."] = function() emit(pop() .. " ") end
dict.emit = function() emit(string.char(pop() & 255)) end
dict.cr = function() emit "\n" end
dict[".s"] = function() emit("<" .. #stack .. "> " .. table.concat(stack, " ") .. " ") end

local memory = {}
dict["@"] = function() push(memory[pop()] or 0) end
dict["!"] = function() local addr = pop() memory[addr] = pop() end
dict["+!"] = function() local addr = pop() memory[addr] = (memory[addr] or 0) + pop() end

-- A compiled word is a list of closures; each returns nothing or the next position.
local function run(code)
  local pc = 1
  while pc <= #code do pc = code[pc]() or pc + 1 end
end

local source, position
local function word()
  local w, nextp = source:match("^%s*(%S+)()", position)
  position = nextp or #source + 1
  return w
end

local compiling, control
local immediate = {
  ["if"] = function() local at = #compiling + 1 compiling[at] = false control[#control + 1] = {"if", at} end,
  ["else"] = function()
    local c = control[#control]
    if not c or c[1] ~= "if" then fail "else without if" end
    local at = #compiling + 1
    compiling[at] = false
    local target = at + 1
    compiling[c[2]] = function() if pop() == 0 then return target end end
    control[#control] = {"else", at}
  end,
  ["then"] = function()
    local c = table.remove(control) or fail "then without if"
    local target = #compiling + 1
    if c[1] == "if" then compiling[c[2]] = function() if pop() == 0 then return target end end
    elseif c[1] == "else" then compiling[c[2]] = function() return target end
    else fail "then without if" end
  end,
  begin = function() control[#control + 1] = {"begin", #compiling + 1} end,
  ["until"] = function()
    local c = table.remove(control) or fail "until without begin"
    local target = c[2]
    compiling[#compiling + 1] = function() if pop() == 0 then return target end end
  end,
  ["do"] = function()
    compiling[#compiling + 1] = function() local i, n = pop(), pop() rstack[#rstack + 1] = n rstack[#rstack + 1] = i end
    control[#control + 1] = {"do", #compiling + 1}
  end,
  loop = function()
    local target = (table.remove(control) or fail "loop without do")[2]
    compiling[#compiling + 1] = function()
      rstack[#rstack] = rstack[#rstack] + 1
      if rstack[#rstack] < rstack[#rstack - 1] then return target end
      rstack[#rstack], rstack[#rstack - 1] = nil, nil
    end
  end,
  recurse = function() local self = compiling compiling[#compiling + 1] = function() run(self) end end,
  exit = function() compiling[#compiling + 1] = function() return math.maxinteger end end,
  ['."'] = function()
    local text, after = source:match('^ (.-)"()', position)
    position = after or fail "unfinished string"
    compiling[#compiling + 1] = function() emit(text) end
  end,
}

local function interpret(text)
  source, position, compiling = text, 1, nil
  local name
  for w in word do
    local lower = w:lower()
    if w == "\\" then position = source:find("\n", position) or #source + 1
    elseif w == "(" then position = (source:find(")", position, true) or #source) + 1
    elseif w == ":" then name, compiling, control = (word() or fail "name expected"):lower(), {}, {}
    elseif w == ";" then
      if not compiling then fail "not compiling" end
      if #control > 0 then fail("unbalanced " .. control[#control][1]) end
      local code = compiling
      dict[name] = function() run(code) end
      compiling = nil
    elseif lower == "variable" then
      local addr = #memory + 1
      memory[addr] = 0
      dict[word():lower()] = function() push(addr) end
    elseif lower == "constant" then local v = pop() dict[word():lower()] = function() push(v) end
    elseif compiling and immediate[lower] then immediate[lower]()
    else
      local f = dict[lower]
      if not f then
        local n = math.tointeger(tonumber(w)) or fail(w .. " ?")
        f = function() push(n) end
      end
      if compiling then compiling[#compiling + 1] = function() f() end else f() end
    end
  end
end

local function session(text)
  out = {}
  local ok, e = pcall(interpret, text)
  if not ok then
    emit("[" .. (type(e) == "table" and e.forth or "internal") .. "]")
    stack, rstack = {}, {}
  end
  print((table.concat(out):gsub("%s+$", "")))
end

session "1 2 3 .s + * . depth ."
session ": square dup * ; : cube dup square * ; 5 square . 3 cube . -4 square ."
session ": fact dup 2 < if drop 1 else dup 1 - recurse * then ; 0 fact . 5 fact . 20 fact ."
session ": table 1 + 1 do cr 4 1 do i j * . loop loop ; 3 table"
session ": gcd begin over over mod rot drop ?dup 0 = until ; 48 18 gcd . 17 5 gcd ."
session "variable x 10 x ! 5 x +! x @ . 7 constant seven seven x @ * ."
session ': greet ." hello, " ." forth" cr 42 emit 33 emit ; greet'
session ": fib ( n -- f ) dup 2 < if exit then dup 1 - recurse swap 2 - recurse + ; 15 fib . \\ comment"
session ": collatz 0 swap begin dup 1 > if dup 2 mod if 3 * 1 + else 2 / then swap 1 + swap 0 else 1 then until drop ; 27 collatz ."
session "1 2 swap over rot .s drop drop drop 5 >r r@ r> + . 1 2 3 2 pick . .s"
session "drop drop drop drop"
session "unknown-word"
session "1 0 /"
session ": bad if ;"
session ": deep recurse 1 + ; 7 . undefined ;"
session "255 3 and . 12 10 xor . 1 10 lshift . -7 2 / . -7 2 mod . 3 9 max . 3 9 min ."
session "r>"
session ";"

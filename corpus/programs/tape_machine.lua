-- The eight-command tape language: an interpreter, an optimiser to instructions,
-- and a translation to Lua source run through load. All three must agree.
local function match_brackets(src)
  local open, pair = {}, {}
  for i = 1, #src do
    local c = src:sub(i, i)
    if c == "[" then open[#open + 1] = i
    elseif c == "]" then
      local o = table.remove(open) or error("unmatched ] at " .. i, 0)
      pair[o], pair[i] = i, o
    end
  end
  if #open > 0 then error("unmatched [ at " .. open[#open], 0) end
  return pair
end

local function interpret(src, input)
  local pair, tape, at, out, pos, steps = match_brackets(src), {}, 0, {}, 1, 0
  local pc = 1
  while pc <= #src do
    local c = src:byte(pc)
    local cell = tape[at] or 0
    if c == 62 then at = at + 1
    elseif c == 60 then at = at - 1
    elseif c == 43 then tape[at] = cell + 1 & 255
    elseif c == 45 then tape[at] = cell - 1 & 255
    elseif c == 46 then out[#out + 1] = string.char(cell)
    elseif c == 44 then tape[at] = input:byte(pos) or 0 pos = pos + 1
    elseif c == 91 then if cell == 0 then pc = pair[pc] end
    elseif c == 93 then if cell ~= 0 then pc = pair[pc] end end
    pc = pc + 1
    steps = steps + 1
  end
  return table.concat(out), steps
end

-- Runs of commands become one instruction; "[-]" becomes a clear.
local function optimise(src)
  src = src:gsub("[^%+%-<>%[%]%.,]", ""):gsub("%[%-%]", "0")
  local code, open = {}, {}
  local pos = 1
  while pos <= #src do
    local c = src:sub(pos, pos)
    if c:find("[%+%-]") then
      local run = src:match("^[%+%-]+", pos)
      local n = select(2, run:gsub("%+", "")) - select(2, run:gsub("%-", ""))
      code[#code + 1] = {op = "add", n = n}
      pos = pos + #run
    elseif c:find("[<>]") then
      local run = src:match("^[<>]+", pos)
      local n = select(2, run:gsub(">", "")) - select(2, run:gsub("<", ""))
      code[#code + 1] = {op = "move", n = n}
      pos = pos + #run
    else
      code[#code + 1] = {op = c}
      if c == "[" then open[#open + 1] = #code
      elseif c == "]" then
        local o = table.remove(open)
        code[o].to, code[#code].to = #code, o
      end
      pos = pos + 1
    end
  end
  return code
end

local function run(code, input)
  local tape, at, out, pos, pc, steps = {}, 0, {}, 1, 1, 0
  local ops = {
    add = function(i) tape[at] = (tape[at] or 0) + i.n & 255 end,
    move = function(i) at = at + i.n end,
    ["0"] = function() tape[at] = 0 end,
    ["."] = function() out[#out + 1] = string.char(tape[at] or 0) end,
    [","] = function() tape[at] = input:byte(pos) or 0 pos = pos + 1 end,
    ["["] = function(i) if (tape[at] or 0) == 0 then pc = i.to end end,
    ["]"] = function(i) if (tape[at] or 0) ~= 0 then pc = i.to end end,
  }
  while pc <= #code do
    local i = code[pc]
    ops[i.op](i)
    pc = pc + 1
    steps = steps + 1
  end
  return table.concat(out), steps
end

local function translate(code)
  local lines = {"local t, a, o, input, p = setmetatable({}, {__index = function() return 0 end}), 0, {}, ..., 1"}
  local form = {
    add = "t[a] = t[a] + %d & 255", move = "a = a + %d", ["0"] = "t[a] = 0",
    ["."] = "o[#o + 1] = string.char(t[a])", [","] = "t[a] = input:byte(p) or 0 p = p + 1",
    ["["] = "while t[a] ~= 0 do", ["]"] = "end",
  }
  for _, i in ipairs(code) do lines[#lines + 1] = form[i.op]:format(i.n) end
  lines[#lines + 1] = "return table.concat(o)"
  return assert(load(table.concat(lines, "\n"), "=translated", "t", {setmetatable = setmetatable, string = string, table = table}))
end

local programs = {
  {"letters", "++++++++[>+++++++++<-]>.+.<++++[>----------<-]>.", ""},
  {"echo upper", ",[>++++[<-------->-]<.,]", "shout"},
  {"reverse", ">,[>,]<[.<]", "stressed"},
  {"add", ",>,[<+>-]<.", "!!"},
  {"countdown", "+++++++++[>++++++<-]>+++<+++++++++[>.-<-]", ""},
  {"product", "++++++[>+++++++<-]>.", ""},
  {"triangle", ">++++++++++>++++++[<++++>-]<++++++++>>+++++[>+[>+>+<<-]>>[<<+>>-]<[<<<.>>>-]++++++++++.[-]<<-]", ""},
  {"wrap", "-.+.--.", ""},
}
for _, p in ipairs(programs) do
  local name, src, input = p[1], p[2], p[3]
  local code = optimise(src)
  local a, n1 = interpret(src, input)
  local b, n2 = run(code, input)
  local c = translate(code)(input)
  local shown = #a > 60 and a:sub(1, 20) .. "... " .. #a .. " bytes" or a
  print(name, ("%q"):format(shown), a == b and b == c, #src, #code, n1, n2)
end
for _, bad in ipairs {"[[]", "+]", "][", "[>[+]<"} do print(bad, pcall(interpret, bad, "")) end

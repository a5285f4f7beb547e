-- An assembler and a virtual machine with call frames, for programs given as text.
local opcodes = {}
for i, name in ipairs {
  "push", "pop", "dup", "swap", "load", "store", "add", "sub", "mul", "div", "mod", "lt", "eq", "not",
  "jmp", "jz", "call", "ret", "enter", "print", "halt", "newarr", "get", "set", "len",
} do opcodes[name] = i end
local with_operand = {push = true, load = true, store = true, jmp = true, jz = true, call = true, enter = true}

-- Two passes: collect labels, then emit words (opcode in the low byte, operand above).
local function assemble(text)
  local labels, lines, at = {}, {}, 0
  local n = 0
  for line in text:gmatch("[^\n]*") do
    n = n + 1
    line = line:gsub(";.*", "")
    line = line:gsub("^%s*([%a_][%w_]*):", function(l)
      if labels[l] then error("line " .. n .. ": label '" .. l .. "' repeated", 0) end
      labels[l] = at
      return ""
    end)
    local op, arg = line:match("^%s*(%a+)%s*(%S*)%s*$")
    if op then
      if not opcodes[op] then error("line " .. n .. ": no instruction '" .. op .. "'", 0) end
      if (arg ~= "") ~= (with_operand[op] or false) then error("line " .. n .. ": operand of '" .. op .. "'", 0) end
      lines[#lines + 1] = {n, op, arg}
      at = at + 1
    elseif line:find("%S") then
      error("line " .. n .. ": cannot read '" .. line:match("^%s*(.-)%s*$") .. "'", 0)
    end
  end
  local code = {}
  for i, l in ipairs(lines) do
    local v = 0
    if l[3] ~= "" then
      v = math.tointeger(l[3]) or labels[l[3]] or error("line " .. l[1] .. ": unknown label '" .. l[3] .. "'", 0)
    end
    code[i - 1] = opcodes[l[2]] | v << 8
  end
  return code, #lines
end

local function execute(code, limit)
  local stack, frames, locals, out, pc, steps = {}, {}, {}, {}, 0, 0
  local sp = 0
  local function push(v) sp = sp + 1 stack[sp] = v end
  local function pop()
    if sp == 0 then error("empty stack at " .. pc - 1, 0) end
    sp = sp - 1
    return stack[sp + 1]
  end
  local function binary(f) return function() local b = pop() push(f(pop(), b)) end end
  local handler = {
    [opcodes.push] = push,
    [opcodes.pop] = pop,
    [opcodes.dup] = function() local v = pop() push(v) push(v) end,
    [opcodes.swap] = function() local b, a = pop(), pop() push(b) push(a) end,
    [opcodes.load] = function(n) push(locals[n] or 0) end,
    [opcodes.store] = function(n) locals[n] = pop() end,
    [opcodes.add] = binary(function(a, b) return a + b end),
    [opcodes.sub] = binary(function(a, b) return a - b end),
    [opcodes.mul] = binary(function(a, b) return a * b end),
    [opcodes.div] = binary(function(a, b) return a // b end),
    [opcodes.mod] = binary(function(a, b) return a % b end),
    [opcodes.lt] = binary(function(a, b) return a < b and 1 or 0 end),
    [opcodes.eq] = binary(function(a, b) return a == b and 1 or 0 end),
    [opcodes["not"]] = function() push(pop() == 0 and 1 or 0) end,
    [opcodes.jmp] = function(n) pc = n end,
    [opcodes.jz] = function(n) if pop() == 0 then pc = n end end,
    [opcodes.call] = function(n)
      if #frames >= 200 then error("frame overflow", 0) end
      frames[#frames + 1] = {pc = pc, locals = locals}
      locals = {}
      pc = n
    end,
    [opcodes.enter] = function(n) for i = n - 1, 0, -1 do locals[i] = pop() end end,
    [opcodes.ret] = function()
      local f = table.remove(frames) or error("return without call", 0)
      pc, locals = f.pc, f.locals
    end,
    [opcodes.print] = function() out[#out + 1] = tostring(pop()) end,
    [opcodes.newarr] = function() push {} end,
    [opcodes.get] = binary(function(a, i) return a[i] or 0 end),
    [opcodes.set] = function() local v, i, a = pop(), pop(), pop() a[i] = v end,
    [opcodes.len] = function() push(#pop()) end,
  }
  while true do
    local w = code[pc] or error("ran off the end", 0)
    local op = w & 255
    steps = steps + 1
    if steps > limit then error("too many steps", 0) end
    if op == opcodes.halt then break end
    pc = pc + 1
    -- Operands are signed: shift right with sign.
    handler[op](w >= 0 and w >> 8 or ~(~w >> 8))
  end
  return table.concat(out, " "), steps
end

local function try(name, text, limit)
  local ok, code, n = pcall(assemble, text)
  if not ok then return print(name, "assembler: " .. code) end
  local fine, out, steps = pcall(execute, code, limit or 20000)
  print(name, n .. " words", fine and out or "machine: " .. out, fine and steps .. " steps" or "")
end

try("countdown", "push 5\nstore 0\nloop: load 0\nprint\nload 0\npush 1\nsub\ndup\nstore 0\njz end\njmp loop\nend: halt")
try("factorial", [[
  push 10
  call fact
  print
  halt
fact: enter 1        ; n
  load 0
  push 2
  lt
  jz rec
  push 1
  ret
rec: load 0
  load 0
  push 1
  sub
  call fact
  mul
  ret]])
try("fibonacci", [[
  push 0
  store 0
next: load 0
  call fib
  print
  load 0
  push 1
  add
  dup
  store 0
  push 12
  lt
  jz done
  jmp next
done: halt
fib: enter 1
  load 0
  push 2
  lt
  jz deep
  load 0
  ret
deep: load 0
  push 1
  sub
  call fib
  load 0
  push 2
  sub
  call fib
  add
  ret]])
try("sieve", [[
  newarr
  store 0
  push 2
  store 1
outer: load 0
  load 1
  get
  not
  jz skip
  load 1
  print
  load 1
  load 1
  mul
  store 2
inner: load 2
  push 40
  lt
  jz skip
  load 0
  load 2
  push 1
  set
  load 2
  load 1
  add
  store 2
  jmp inner
skip: load 1
  push 1
  add
  dup
  store 1
  push 40
  lt
  jz done
  jmp outer
done: halt]])
try("negative", "push -7\npush 2\ndiv\nprint\npush -7\npush 2\nmod\nprint\npush -32768\nprint\nhalt")
try("recursion", "f: call f", 1000)
try("forever", "top: jmp top", 1000)
try("underflow", "push 1\nadd\nhalt")
try("off end", "push 1")
try("bad ret", "ret")
try("divide", "push 1\npush 0\ndiv\nhalt")
try("unknown", "push 1\nfrobnicate")
try("label", "jmp nowhere")
try("repeat", "a: halt\na: halt")
try("operand", "add 5")
try("garbage", "push 1 2")

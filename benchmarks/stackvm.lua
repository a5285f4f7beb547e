-- an interpreter for stack code: dispatch by a table of functions, and by a chain of comparisons
local N = tonumber((...)) or 80
local function assemble(text)
  local code, labels, fixups = {}, {}, {}
  for line in text:gmatch("[^\n]+") do
    local label = line:match("^%s*(%w+):")
    if label then labels[label] = #code + 1
    else
      local op, arg = line:match("^%s*(%w+)%s*(%S*)")
      if op then
        code[#code + 1] = op
        code[#code + 1] = tonumber(arg) or 0
        if arg ~= "" and not tonumber(arg) then fixups[#code] = arg end
      end
    end
  end
  for at, label in pairs(fixups) do code[at] = assert(labels[label], label) end
  return code
end
local program = assemble([[
  push 0
  store 1
  push 1
  store 2
again:
  load 2
  push 4000
  less
  jumpz done
  load 2
  push 7
  mod
  jumpz seventh
  load 1
  load 2
  dup
  mul
  add
  push 65521
  mod
  store 1
  jump next
seventh:
  load 1
  call twice
  store 1
next:
  load 2
  push 1
  add
  store 2
  jump again
twice:
  push 2
  mul
  push 65521
  mod
  ret
done:
  load 1
  halt
]])
local handlers = {}
function handlers.push(vm, arg) vm.sp = vm.sp + 1; vm.stack[vm.sp] = arg end
function handlers.load(vm, arg) vm.sp = vm.sp + 1; vm.stack[vm.sp] = vm.memory[arg] end
function handlers.store(vm, arg) vm.memory[arg] = vm.stack[vm.sp]; vm.sp = vm.sp - 1 end
function handlers.dup(vm) local sp = vm.sp; vm.stack[sp + 1] = vm.stack[sp]; vm.sp = sp + 1 end
local function binary(f)
  return function(vm)
    local s, sp = vm.stack, vm.sp - 1
    s[sp] = f(s[sp], s[sp + 1])
    vm.sp = sp
  end
end
handlers.add = binary(function(a, b) return a + b end)
handlers.mul = binary(function(a, b) return a * b end)
handlers.mod = binary(function(a, b) return a % b end)
handlers.less = binary(function(a, b) return a < b and 1 or 0 end)
function handlers.jump(vm, arg) vm.pc = arg end
function handlers.jumpz(vm, arg)
  local v = vm.stack[vm.sp]
  vm.sp = vm.sp - 1
  if v == 0 then vm.pc = arg end
end
function handlers.call(vm, arg) vm.calls[#vm.calls + 1] = vm.pc; vm.pc = arg end
function handlers.ret(vm) vm.pc = table.remove(vm.calls) end
function handlers.halt(vm) vm.running = false end
local function run_by_table(code)
  local vm = { stack = {}, memory = {}, calls = {}, sp = 0, pc = 1, running = true }
  local steps = 0
  while vm.running do
    local pc = vm.pc
    vm.pc = pc + 2
    handlers[code[pc]](vm, code[pc + 1])
    steps = steps + 1
  end
  return vm.stack[vm.sp], steps
end
local function run_by_chain(code)
  local stack, memory, calls, sp, pc = {}, {}, {}, 0, 1
  while true do
    local op, arg = code[pc], code[pc + 1]
    pc = pc + 2
    if op == "load" then sp = sp + 1; stack[sp] = memory[arg]
    elseif op == "push" then sp = sp + 1; stack[sp] = arg
    elseif op == "store" then memory[arg] = stack[sp]; sp = sp - 1
    elseif op == "dup" then stack[sp + 1] = stack[sp]; sp = sp + 1
    elseif op == "add" then sp = sp - 1; stack[sp] = stack[sp] + stack[sp + 1]
    elseif op == "mul" then sp = sp - 1; stack[sp] = stack[sp] * stack[sp + 1]
    elseif op == "mod" then sp = sp - 1; stack[sp] = stack[sp] % stack[sp + 1]
    elseif op == "less" then sp = sp - 1; stack[sp] = stack[sp] < stack[sp + 1] and 1 or 0
    elseif op == "jump" then pc = arg
    elseif op == "jumpz" then sp = sp - 1; if stack[sp + 1] == 0 then pc = arg end
    elseif op == "call" then calls[#calls + 1] = pc; pc = arg
    elseif op == "ret" then pc = calls[#calls]; calls[#calls] = nil
    else return stack[sp] end
  end
end
local sum, steps = 0, 0
for r = 1, N do
  local a, n = run_by_table(program)
  local b = run_by_chain(program)
  assert(a == b)
  sum, steps = sum + a, steps + n
end
print(sum, steps)

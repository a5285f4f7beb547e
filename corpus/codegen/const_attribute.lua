-- <const> variables: compile-time constants, and those that stay in registers.
local N <const> = 42
local F <const> = 2.5
local S <const> = "text"
local T <const> = true
local X <const> = nil
local LONG <const> = "a constant string of more than forty characters in length"
print(N, F, S, T, X, #LONG)

-- Folded into expressions.
print(N + 1, N * F, S .. S, -N, ~N, not T, not X, N == 42, N < 100, S == "text")
print(({[N] = "key"})[42], ({text = 1})[S], N // 4 % 3)

-- In conditions they disappear.
local x = 5
if T then print "T" end
if X then print "X" else print "not X" end
while X do end
print(T and x, X and x, X or x, T or x)

-- As operands of every instruction form.
local I <const>, K <const>, BIG <const> = 7, 1000.5, 1 << 40
print(x + N, N + x, x - N, N - x, x * F, x & N, x << N, N >> x, x + I, x * K, x + BIG)

-- Only the last of a list becomes a compile-time constant.
local a <const>, b <const> = 1, 2
local c <const>, d = 3, 4
print(a, b, c, d, a + b, c + d)

-- Calls and tables are run-time constants: in a register, but not assignable.
local now <const> = select("#", 1, 2, 3)
local tab <const> = {field = 1}
tab.field = tab.field + now
print(now, tab.field)

-- Captured by functions: compile-time ones need no upvalue.
local function uses() return N, S, now, tab.field end
print(uses())
local ups = {}
for i = 1, 10 do
  local name = debug.getupvalue(uses, i)
  if not name then break end
  ups[i] = name
end
print(table.concat(ups, " "))

-- Deep nesting, shadowing.
local function deep()
  return function()
    local N <const> = N * 2
    return function() return N, N // 2 end
  end
end
print(deep()()())

-- In loops and as loop bounds.
local LIMIT <const> = 3
for i = 1, LIMIT do
  local sq <const> = i * i
  local half <const> = 0.5
  io.write(sq * half, " ")
end
print()

-- Method calls and indices on constant strings.
print(S:upper(), #S, S:rep(2), (S):len())

-- A constant that takes no register: the next local follows directly.
local p = "p"
local UNUSED <const> = 1
local q = "q"
local i = 1
local names = {}
while true do
  local n = debug.getlocal(1, i)
  if not n then break end
  names[n] = true
  i = i + 1
end
print(names.p, names.UNUSED, names.q, names.N, names.now, p, q, UNUSED)
print(load("local k <const> = 1; k = 2"))
print(load("local k <const> = {}; local function f() k = 2 end"))

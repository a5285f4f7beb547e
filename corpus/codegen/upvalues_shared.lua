-- Closures sharing one variable, before and after its scope ends.
local function account(balance)
  local log = {}
  local self = {}
  function self.deposit(n) balance = balance + n; log[#log + 1] = "+" .. n end
  function self.withdraw(n)
    if n > balance then return nil, "insufficient funds" end
    balance = balance - n
    log[#log + 1] = "-" .. n
    return balance
  end
  function self.report() return balance, table.concat(log, " ") end
  return self
end

local acc, other = account(100), account(0)
acc.deposit(50)
print(acc.withdraw(30))
print(acc.withdraw(1000))
other.deposit(1)
print(acc.report())
print(other.report())

-- Still open: the enclosing function sees changes made by the closure at once.
local function open()
  local v = 1
  local function set(n) v = n end
  set(2)
  local first = v
  v = 3
  set(v + 1)
  return first, v
end
print(open())

-- debug.upvalueid tells sharing apart from equality.
local function pair()
  local shared, own1, own2 = 0, 0, 0
  local function f() shared = shared + 1; own1 = own1 + 1 end
  local function g() own2 = own2 + 1; shared = shared + 10 end
  return f, g
end
local f, g = pair()
print(debug.upvalueid(f, 1) == debug.upvalueid(g, 2))
print(debug.upvalueid(f, 2) == debug.upvalueid(g, 1))
print(debug.getupvalue(f, 1), debug.getupvalue(g, 1))
f() g() g()
local _, s1 = debug.getupvalue(f, 1)
local _, s2 = debug.getupvalue(g, 2)
print(s1, s2)

debug.upvaluejoin(f, 2, g, 1)
f()
print(select(2, debug.getupvalue(g, 1)))
print(debug.setupvalue(g, 1, "set"), select(2, debug.getupvalue(f, 2)))

-- GETUPVAL and SETUPVAL over values of every kind.
local count = 0
local function bump(by)
  count = count + (by or 1)
  return count
end
print(bump(), bump(), bump(10), count)

local text, flag, list, fn = "t", false, {}, nil
local function mutate()
  text = text .. "!"
  flag = not flag
  list[#list + 1] = #list
  fn = fn or function(x) return x * count end
  return text, flag, #list, fn(2)
end
print(mutate())
print(mutate())

local function reset()
  count = 0
  text = nil
  flag = 1 < 2
  list = {n = "fresh"}
  fn = mutate
end
reset()
print(count, text, flag, list.n, fn == mutate)

-- A function parameter captured and changed by two closures.
local function cell(v)
  return function() return v end, function(n) v = n end
end
local get1, set1 = cell(1)
local get2, set2 = cell("one")
set1(100)
print(get1(), get2())
set2(get1)
print(get2()())

-- Recursion through an upvalue.
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end
print(fact(10), fact(20), fact(21))

-- Upvalues read into arguments, conditions, and indices.
local idx, tab = 2, {"a", "b", "c"}
local function uses()
  if flag then idx = idx + 1 end
  return tab[idx], tab[idx - 1], #tab, -idx, idx .. "", idx == 3
end
print(uses())

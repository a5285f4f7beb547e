-- _ENV as upvalue of nested functions and as parameter.
local function sandbox(code_env)
  local _ENV = code_env
  local function set(v) value = v end
  local function get() return value end
  return set, get
end
local env1, env2 = {}, {value = "preset"}
local set1, get1 = sandbox(env1)
local set2, get2 = sandbox(env2)
set1(10)
print(get1(), get2(), env1.value, value)
set2(nil)
print(get2(), env2.value)

local function with(_ENV, a, b) return a + b + bias, name end
print(with({bias = 100, name = "param"}, 1, 2))

local function run(_ENV) return function() counter = counter + step; return counter end end
local tick = run {counter = 0, step = 3}
tick()
print(tick(), counter)

-- A vararg environment chosen per call.
local function pick(k, ...)
  local _ENV = select(k, ...)
  return who
end
print(pick(2, {who = "first"}, {who = "second"}))

-- Loaded chunks have _ENV as their only upvalue.
local chunk = load("x = (x or 0) + 1; return x, _ENV")
local mine = {}
debug.setupvalue(chunk, 1, mine)
print(chunk(), (chunk()))
print(mine.x, x, select(2, chunk()) == mine)
print(debug.getupvalue(chunk, 1) == "_ENV")

local direct = load("y = ...; return y", "direct", "t", {})
print(direct(7), y)

-- A function without global accesses has no _ENV upvalue.
local function pure(a) return a + 1 end
local function impure() return print end
print(debug.getupvalue(pure, 1), (debug.getupvalue(impure, 1)))

-- A shadowed _ENV in an inner block only.
do
  local old = _ENV
  local _ENV = {print = print, v = 1}
  print(v)
  do
    local _ENV = old
    print(v)
  end
  print(v)
end

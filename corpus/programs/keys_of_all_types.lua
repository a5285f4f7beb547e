-- Keys that are objects, floats, booleans and strings: read, replaced, added and removed, with and
-- without metatables.
local function f() end
local co = coroutine.create(f)
local keys = {
  {}, f, print, co, io.stdout, 1.5, -0.5, 2 ^ 60, 2 ^ 63, -2 ^ 63, 1 / 0, -1 / 0, true, false,
  "short", ("long"):rep(20), 7, -7, math.maxinteger, 3.0, -0.0,
}

local function exercise(make, name)
  local t = make()
  for i, key in ipairs(keys) do
    assert(t[key] == nil)
    t[key] = i
  end
  for i, key in ipairs(keys) do
    assert(t[key] == i)
    t[key] = -i
  end
  local n = 0
  for i, key in ipairs(keys) do
    assert(rawget(t, key) == -i or name ~= "plain")
    n = n + t[key]
    t[key] = nil
    assert(t[key] == nil)
    t[key] = {}
    assert(type(t[key]) == "table")
    t[key] = nil
  end
  print(name, n, next(t))
end

exercise(function() return {} end, "plain")
exercise(function() return setmetatable({}, {}) end, "metatable")
exercise(function()
  local store = {}
  return setmetatable({}, { __index = store, __newindex = store })
end, "tables")
exercise(function()
  local store = {}
  return setmetatable({}, {
    __index = function(_, k) return store[k] end,
    __newindex = function(_, k, v) store[k] = v end,
  })
end, "functions")
exercise(function()
  local t = {}
  for _ = 1, 40 do t = setmetatable({}, { __index = t, __newindex = t }) end
  return t
end, "long chain")

-- A float is the integer that it equals, but handlers get it as it is.
local t = { "one", "two" }
print(t[1.0], t[2.0], t[3.0], t[0 / 0])
t[3.0], t[1.0], t[-0.0] = "three", "first", "zero"
print(#t, t[3], t[1], t[0], math.type(next({ [5.0] = true })))
local seen = setmetatable({}, {
  __index = function(_, k) return math.type(k) .. " " .. tostring(k) end,
  __newindex = function(_, k, v) print("new", math.type(k), k, v) end,
})
print(seen[4], seen[4.0], seen[4.5], seen[0 / 0] ~= nil, seen[-0.0])
seen[4], seen[4.0], seen[4.5], seen[-0.0] = 1, 2, 3, nil

-- Not a number, and nil, can be looked up but not set, wherever the assignment ends.
for _, proxy in ipairs { {}, setmetatable({}, {}), setmetatable({}, { __newindex = {} }) } do
  print(proxy[0 / 0], proxy[nil])
  print(pcall(function() proxy[0 / 0] = 1 end))
  print(pcall(function() proxy[nil] = 1 end))
  print(pcall(function() proxy[0 / 0] = nil end))
end

-- What is neither a function nor a table is asked in its turn.
local strings = setmetatable({}, { __index = "text" })
print(strings.len == string.len, strings[f], strings[1.5], strings[1])
local numbers = setmetatable({}, { __index = 5, __newindex = 5 })
print(pcall(function() return numbers[f] end))
print(pcall(function() return numbers.x end))
print(pcall(function() numbers[1.5] = 1 end))
local callable = setmetatable({}, { __index = setmetatable({}, { __call = f, __index = { "item" } }) })
print(callable[1], callable[1.0], callable[f])

-- An endless chain.
local a, b = {}, {}
setmetatable(a, { __index = b, __newindex = b })
setmetatable(b, { __index = a, __newindex = a })
print(pcall(function() return a[f] end))
print(pcall(function() return a.x end))
print(pcall(function() a[1.5] = 1 end))
print(pcall(function() a.x = 1 end))

-- Old tables that get young keys and values keep them.
local old = {}
collectgarbage()
for i = 1, 200 do old[{}] = { i } end
collectgarbage("generational")
for i = 1, 200 do
  old[function() return i end] = { i }
  old[i + 0.5] = { i }
  collectgarbage("step")
end
local sum, n = 0, 0
for k, v in pairs(old) do
  sum, n = sum + v[1], n + 1
  if type(k) == "function" then assert(k() == v[1]) end
end
print(sum, n)

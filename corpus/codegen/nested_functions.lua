-- Functions in functions: prototypes of many siblings and depths, local and global.
local function level(n)
  local function a()
    local function b()
      local function c()
        local function d()
          local function e() return n + 5 end
          return e() + 4
        end
        return d() + 3
      end
      return c() + 2
    end
    return b() + 1
  end
  return a()
end
print(level(0), level(100))

-- Twenty siblings; the index of the prototype matters.
local t = {
  function() return 1 end, function() return 2 end, function() return 3 end, function() return 4 end,
  function() return 5 end, function() return 6 end, function() return 7 end, function() return 8 end,
  function() return 9 end, function() return 10 end, function() return 11 end, function() return 12 end,
  function() return 13 end, function() return 14 end, function() return 15 end, function() return 16 end,
  function() return 17 end, function() return 18 end, function() return 19 end, function() return 20 end,
}
local s = 0
for i, f in ipairs(t) do s = s + i * f() end
print(#t, s)

-- Mutual recursion through predeclared locals.
local is_even, is_odd
is_even = function(n) if n == 0 then return true else return is_odd(n - 1) end end
is_odd = function(n) if n == 0 then return false else return is_even(n - 1) end end
print(is_even(10), is_odd(7), is_even(7))

-- "local function" sees itself, "local f = function" does not.
local function fact(n) return n == 0 and 1 or n * fact(n - 1) end
do
  local outer = fact
  local fact = function(n) return n == 0 and "outer called" or fact(n - 1) end
  print(fact(0), fact(3), outer == fact)
end

-- Functions as arguments, immediately called, returned in lists.
print((function(f, x) return f(f(x)) end)(function(x) return x * x end, 3))
local function pair() return function() return "first" end, function() return "second" end end
local p1, p2 = pair()
print(p1(), p2(), (pair())())

-- Inner functions with same names as outer ones and parameters shadowing upvalues.
local x = "outer"
local function shadow(x)
  local function x2() return x end
  do
    local x = "block"
    x2 = function() return x end
  end
  return x, x2()
end
print(shadow("param"), x)

-- A function with an empty body, with only a comment, with only a return.
local function empty() end
local function commented() --[[ nothing ]] end
local function returns() return end
print(empty(), commented(), (returns()))

-- Function defined in a loop condition and in a table index.
local k = 0
while (function() k = k + 1 return k < 5 end)() do end
print(k, ({[(function() return "key" end)()] = "val"}).key)

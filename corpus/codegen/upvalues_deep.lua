-- Upvalues reached through many levels of functions.
local l0 = "zero"
local function f1()
  local l1 = "one"
  return function()
    local l2 = "two"
    return function()
      local l3 = "three"
      return function()
        local l4 = "four"
        return function(tail)
          l0 = l0 .. "+"
          l4 = l4 .. tail
          return l0, l1, l2, l3, l4
        end
      end
    end
  end
end

local make4 = f1()()()
local a, b = make4(), make4()
print(a("x"))
print(a("y"))
print(b("z"))
print(f1()()()()("new"))
print(l0)

-- A name that is global at one level and local at another.
shade = "global"
local function outer()
  local function before() return shade end
  local shade = "local"
  local function after() return shade end
  return before(), after()
end
print(outer())

-- The middle functions do not use the variable themselves, yet must carry it.
local function carry(v)
  local function mid1()
    local function mid2()
      local function mid3() v = v * 2; return v end
      return mid3()
    end
    return mid2()
  end
  return mid1() + mid1() + v
end
print(carry(1))

-- Eleven levels of currying.
local function curry(n, acc)
  acc = acc or {}
  if n == 0 then return table.concat(acc, ",") end
  return function(x)
    acc[#acc + 1] = x
    return curry(n - 1, acc)
  end
end
print(curry(11)(1)(2)(3)(4)(5)(6)(7)(8)(9)(10)(11))

-- Deep nesting of expressions, near the limit of two hundred levels.
local one = 1
print(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((one)))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
print(- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - one)
print(not not not not not not not not not not not not not not not not not not not not not not not not not not not one)
print(2 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ 1 ^ one)

-- Left-associative chains are loops in the parser and may be arbitrarily long.
print(one + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 +
  1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1)

-- Tables in tables, functions in functions, calls in calls.
local t = {{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{"core"}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}
local depth = 0
while type(t) == "table" do t = t[1] depth = depth + 1 end
print(t, depth)
local function id(...) return ... end
print(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(id(1, 2, 3)))))))))))))))))))))))))))))))))))))))))
local f = function() return function() return function() return function() return function() return function()
  return function() return function() return function() return function() return "ten" end end end end end end end end end end
print(f()()()()()()()()()())

-- Right operands waiting in registers: a + (b + (c + ...)).
local a, b = 2, 3
print(a + (b + (a + (b + (a + (b + (a + (b + (a + (b + (a + (b + (a + (b + (a + (b + (a + (b + (a + b)))))))))))))))))))
print(a * (b - (a * (b - (a * (b - (a * (b - (a * (b - (a * (b - (a * (b - (a * (b - a))))))))))))))))
print(a .. (b .. (a .. (b .. (a .. (b .. (a .. (b .. (a .. (b .. (a .. b)))))))))))
print(a < b == (a < b == (a < b == (a < b == (a < b == (a < b == (a < b == (a < b))))))))

-- Mixed and/or nesting.
local x, y = nil, 1
print(x or (y and (x or (y and (x or (y and (x or (y and (x or (y and (x or (y and (x or (y and "inner"))))))))))))))
print(y and (x or (y and (x or (y and (x or (y and (x or (y and x)))))))), not (x or not (y and not (x or not y))))
-- Long index and method chains need no nesting.
local o = {v = "end"}
o.o = o
function o:m() return self end
print(o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.v, o:m():m():m():m():m():m():m():m().o["o"]["o"].o:m().v)

-- while in its forms: constant, compound, empty, nested, with captured variables.
local i = 0
while i < 3 do i = i + 1 end
print(i)
while i > 100 do i = -1 end
while false do i = "never" end
while nil do i = "never" end
print(i)

local n, steps = 27, 0
while n ~= 1 do
  if n % 2 == 0 then n = n // 2 else n = 3 * n + 1 end
  steps = steps + 1
end
print(steps)

local a, b = 0, 10
while a < b and b > 5 or a == 7 do
  a, b = a + 1, b - 1
end
print(a, b)

while not (a == 0) do a = a - 1 end
print(a)

-- Loop through a linked list; the condition is just a variable.
local list
for v = 1, 5 do list = {v = v, next = list} end
local node, sum = list, 0
while node do
  sum = sum + node.v
  node = node.next
end
print(sum, node)

-- Each pass has its own variable when captured.
local fns, k = {}, 0
while k < 4 do
  local mine = k
  k = k + 1
  fns[k] = function(d) mine = mine + d return mine end
end
print(fns[1](1), fns[2](1), fns[2](1), fns[4](100), fns[1](0))

-- A condition that changes captured state.
local function counter(limit)
  local c = 0
  return function() c = c + 1 return c <= limit end, function() return c end
end
local more, value = counter(5)
while more() do end
print(value())

-- Nested with continue by goto and return from the depth.
local function find(t, x)
  local r = 0
  while r < #t do
    r = r + 1
    local c = 0
    while true do
      c = c + 1
      local v = t[r][c]
      if v == nil then goto next_row end
      if v == x then return r, c end
    end
    ::next_row::
  end
end
print(find({{1, 2}, {}, {3, 4, 5}}, 4))
print(find({{1}}, 9))

while true do
  while true do break end
  do break end
end
while 1 do local x <const> = 5 if x then break end end
print "done"

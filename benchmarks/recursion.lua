-- deep and wide recursion: Ackermann, Takeuchi, Hofstadter, sums over deep lists and trees
local N = tonumber((...)) or 6
local function ack(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ack(m - 1, 1) end
  return ack(m - 1, ack(m, n - 1))
end
local function tak(x, y, z)
  if y >= x then return z end
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end
local female
local function male(n) if n == 0 then return 0 end return n - female(male(n - 1)) end
function female(n) if n == 0 then return 1 end return n - male(female(n - 1)) end
local function build(n) local list; for i = 1, n do list = { value = i, next = list } end return list end
local function sum(list) if not list then return 0 end return list.value + sum(list.next) end
local function copy(list) if list then return { value = list.value, next = copy(list.next) } end end
local function hanoi(n, from, to, via)
  if n == 0 then return 0 end
  return hanoi(n - 1, from, via, to) + 1 + hanoi(n - 1, via, to, from)
end
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
local total = 0
for r = 1, N do
  total = total + ack(2, 150 + r) + ack(3, 5)
  total = total + tak(14, 9, 4)
  total = total + male(100 + r)
  total = total + sum(copy(build(15000)))
  total = total + hanoi(13, 1, 2, 3)
  total = total + depth(50000)
end
print(total)

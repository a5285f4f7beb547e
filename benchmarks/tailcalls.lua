-- tail calls: loops by recursion, mutual recursion, state machines, continuations, trampolines
local N = tonumber((...)) or 350
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + n) end
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
-- accepts words of a's and b's whose number of b's is a multiple of three
local state = {}
function state.zero(s, i, n) if i > n then return true end return state[s[i] == 98 and "one" or "zero"](s, i + 1, n) end
function state.one(s, i, n) if i > n then return false end return state[s[i] == 98 and "two" or "one"](s, i + 1, n) end
function state.two(s, i, n) if i > n then return false end return state[s[i] == 98 and "zero" or "two"](s, i + 1, n) end
local function fact(n, k)
  if n == 0 then return k(1) end
  return fact(n - 1, function(r) return k(r * n % 1000003) end)
end
local function id(...) return ... end
local function spread(n, a, b, c, d) if n == 0 then return id(a, b, c, d) end return spread(n - 1, d, a, b, c) end
local Machine = {}
Machine.__index = Machine
function Machine:step(n) if n == 0 then return self.total end self.total = self.total + n; return self:step(n - 1) end
local function trampoline(f, ...)
  while type(f) == "function" do f = f() end
  return f
end
local function countdown(n) if n == 0 then return "done" end return function() return countdown(n - 1) end end
local word = {}
for i = 1, 3000 do word[i] = (i * i) % 7 < 3 and 97 or 98 end
local sum = 0
for r = 1, N do
  sum = sum + loop(25000, r)
  if even(20000 + r) then sum = sum + 1 end
  if state.zero(word, 1, 3000 - r % 50) then sum = sum + 2 end
  sum = sum + fact(400, id)
  local a, b, c, d = spread(10000 + r, 1, 2, 3, 4)
  sum = sum + a * 1 + b * 10 + c * 100 + d * 1000
  sum = sum + setmetatable({ total = 0 }, Machine):step(10000)
  sum = sum + #trampoline(countdown(5000))
end
print(sum)

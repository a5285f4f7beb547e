-- operators of tables: vectors, ordered and equal values, concatenation, call, length, unary minus
local N = tonumber((...)) or 150
local Vec = {}
local function vec(x, y) return setmetatable({ x = x, y = y }, Vec) end
Vec.__add = function(a, b) return vec(a.x + b.x, a.y + b.y) end
Vec.__sub = function(a, b) return vec(a.x - b.x, a.y - b.y) end
Vec.__mul = function(a, b)
  if type(a) == "number" then return vec(a * b.x, a * b.y) end
  if type(b) == "number" then return vec(a.x * b, a.y * b) end
  return a.x * b.x + a.y * b.y
end
Vec.__unm = function(a) return vec(-a.x, -a.y) end
Vec.__len = function(a) return 2 end
Vec.__eq = function(a, b) return a.x == b.x and a.y == b.y end
Vec.__lt = function(a, b) return a.x < b.x or a.x == b.x and a.y < b.y end
Vec.__le = function(a, b) return not (b < a) end
Vec.__concat = function(a, b)
  return (type(a) == "string" and a or a.x .. "," .. a.y) .. "/" .. (type(b) == "string" and b or b.x .. "," .. b.y)
end
Vec.__call = function(self, i) return i == 1 and self.x or self.y end
Vec.__idiv = function(a, n) return vec(a.x // n, a.y // n) end
Vec.__mod = function(a, n) return vec(a.x % n, a.y % n) end
Vec.__band = function(a, n) return vec(a.x & n, a.y & n) end
Vec.__index = function(self, key) return key == "norm" and self.x * self.x + self.y * self.y or 0 end
local equal, less, lengths, chars, sum = 0, 0, 0, 0, 0
for r = 1, N do
  local p, v, origin = vec(r, 0), vec(1, 2), vec(0, 0)
  for i = 1, 2500 do
    p = p + v * 2 - origin
    if i % 100 == 0 then p = -p end
    p = p % 1009
    if p == v or vec(i % 3, 2) == v then equal = equal + 1 end
    if p < v then less = less + 1 end
    if p >= origin then less = less + 2 end
    lengths = lengths + #p + p.norm + p.missing
    sum = sum + p(1) + p(2) + v * p + (p // 3)(1) + (p & 7)(2)
  end
  for i = 1, 200 do chars = chars + #(p .. "x" .. v .. "y") end
end
print(equal, less, lengths, chars, sum)

-- arithmetic metamethods
local N = tonumber((...)) or 2200
local mt = {}
local function new(n) return setmetatable({ n = n }, mt) end
mt.__add = function(a, b) return new(a.n + b.n) end
mt.__unm = function(a) return new(-a.n) end
local one = new(1)
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + (one + -one).n end
end
print(sum)

-- comparison metamethods
local N = tonumber((...)) or 6300
local mt = {}
local function new(n) return setmetatable({ n = n }, mt) end
mt.__eq = function(a, b) return a.n == b.n end
mt.__lt = function(a, b) return a.n < b.n end
mt.__le = function(a, b) return a.n <= b.n end
local a, b = new(1), new(2)
local sum = 0
for _ = 1, N do
  for i = 1, 300 do if a < b then sum = sum + 1 end if a <= b then sum = sum + 1 end if a == b then sum = 0 end end
end
print(sum)

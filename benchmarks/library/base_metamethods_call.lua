-- __call
local N = tonumber((...)) or 9100
local f = setmetatable({}, { __call = function(_, a, b) return a + b end })
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + f(i, 1) end
end
print(sum)

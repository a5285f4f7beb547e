-- __index functions
local N = tonumber((...)) or 8100
local t = setmetatable({}, { __index = function(_, k) return k end })
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + t[i] end
end
print(sum)

-- __len and __concat
local N = tonumber((...)) or 7400
local t = setmetatable({}, { __len = function() return 3 end, __concat = function(a, b) return "joined" end })
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #t + #(t .. i) + #("x" .. t) end
end
print(sum)

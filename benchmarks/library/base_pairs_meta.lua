-- pairs by __pairs
local N = tonumber((...)) or 4600
local t = setmetatable({}, { __pairs = function() return function(_, i) if i < 5 then return i + 1, i end end, nil, 0 end })
local sum = 0
for _ = 1, N do
  for i = 1, 200 do for _, v in pairs(t) do sum = sum + v end end
end
print(sum)

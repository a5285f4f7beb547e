-- rawget, rawset, rawequal, rawlen
local N = tonumber((...)) or 1900
local rawget, rawset, rawequal, rawlen = rawget, rawset, rawequal, rawlen
local t = setmetatable({ 1, 2, 3 }, { __index = function() return 0 end })
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do rawset(t, i % 10, i); sum = sum + rawget(t, i % 10) + rawlen(t); if rawequal(t, i) then sum = 0 end end
end
print(sum)

-- variables to be closed
local N = tonumber((...)) or 16000
local guard = setmetatable({}, { __close = function() end })
local sum = 0
for _ = 1, N do
  for i = 1, 300 do local x <close> = guard; sum = sum + 1 end
end
print(sum)

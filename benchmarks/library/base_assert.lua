-- assert
local N = tonumber((...)) or 12000
local assert = assert
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + assert(i, "message") end
end
print(sum)

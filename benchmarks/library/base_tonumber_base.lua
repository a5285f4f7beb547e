-- tonumber with a base, and of what is no number
local N = tonumber((...)) or 990
local tonumber = tonumber
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + tonumber("ff", 16) + tonumber("1011", 2) + (tonumber("12x") or 1) + (tonumber("zz", 36) or 0) end
end
print(sum)

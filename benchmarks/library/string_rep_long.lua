-- string.rep that makes long strings
local N = tonumber((...)) or 93
local rep = string.rep
local sum = 0
for _ = 1, N do
  for i = 1, 50 do sum = sum + #rep("0123456789", 2000 + i) + #rep(" ", 10000) end
end
print(sum)

-- string.rep with a separator
local N = tonumber((...)) or 9100
local rep = string.rep
local sum = 0
for _ = 1, N do
  for i = 1, 100 do sum = sum + #rep("ab", 10, ", ") + #rep("x", 3) end
end
print(sum)

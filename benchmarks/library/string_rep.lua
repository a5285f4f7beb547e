-- string.rep, with and without a separator
local N = tonumber((...)) or 780
local rep = string.rep
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #rep("ab", i % 50) + #rep("x", i % 9, ", ") end
end
print(sum)

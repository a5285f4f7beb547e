-- string.upper and lower of short strings
local N = tonumber((...)) or 2200
local upper, lower = string.upper, string.lower
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #upper("word") + #lower("Name") end
end
print(sum)

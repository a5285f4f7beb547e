-- length of tables
local N = tonumber((...)) or 14000
local t, u = {}, { 1, 2, 3 }
for i = 1, 1000 do t[i] = i end
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #t + #u end
end
print(sum)

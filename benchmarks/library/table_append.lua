-- t[#t + 1]
local N = tonumber((...)) or 13000
local sum = 0
for _ = 1, N do
  local t = {}
  for i = 1, 1000 do t[#t + 1] = i end
  sum = sum + #t
end
print(sum)

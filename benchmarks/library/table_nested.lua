-- matrices
local N = tonumber((...)) or 13000
local sum = 0
for _ = 1, N do
  local m = {}
  for i = 1, 20 do local r = {} for j = 1, 20 do r[j] = i * j end m[i] = r end
  sum = sum + m[20][20]
end
print(sum)

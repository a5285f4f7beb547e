-- pairs over an array
local N = tonumber((...)) or 16000
local t = {}
for i = 1, 500 do t[i] = i end
local sum = 0
for _ = 1, N do
  for k, v in pairs(t) do sum = sum + k + v end
end
print(sum)

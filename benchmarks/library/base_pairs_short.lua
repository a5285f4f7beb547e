-- pairs over records
local N = tonumber((...)) or 8000
local t = { x = 1, y = 2, z = 3 }
local sum = 0
for _ = 1, N do
  for i = 1, 200 do for _, v in pairs(t) do sum = sum + v end end
end
print(sum)

-- fields set and removed
local N = tonumber((...)) or 3400
local t = {}
local sum = 0
for _ = 1, N do
  for i = 1, 300 do t["a" .. i % 50] = i; t["a" .. (i - 10) % 50] = nil end
  for _ in pairs(t) do sum = sum + 1 end
end
print(sum)

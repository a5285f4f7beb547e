-- ipairs over short arrays
local N = tonumber((...)) or 9100
local t = { 1, 2, 3 }
local sum = 0
for _ = 1, N do
  for i = 1, 200 do for _, v in ipairs(t) do sum = sum + v end end
end
print(sum)

-- pcall of a function of the library
local N = tonumber((...)) or 4400
local pcall, floor = pcall, math.floor
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do local _, v = pcall(floor, i + 0.5); sum = sum + v end
end
print(sum)

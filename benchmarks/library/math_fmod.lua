-- math.fmod and modf
local N = tonumber((...)) or 2200
local fmod, modf = math.fmod, math.modf
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + fmod(i, 7) + fmod(i + 0.5, 3) + modf(i / 4) end
end
print(sum)

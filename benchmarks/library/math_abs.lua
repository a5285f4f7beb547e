-- math.abs, math.fmod, math.modf
local N = tonumber((...)) or 3200
local abs, fmod, modf = math.abs, math.fmod, math.modf
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + abs(-i) + fmod(i, 7) + modf(i / 4) end
end
print(sum)

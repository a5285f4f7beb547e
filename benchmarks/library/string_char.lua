-- string.char
local N = tonumber((...)) or 1400
local char = string.char
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #char(i & 255) + #char(65, 66, i & 127, 68) end
end
print(sum)

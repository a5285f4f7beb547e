-- utf8.char
local N = tonumber((...)) or 1400
local char = utf8.char
local sum = 0
for _ = 1, N do
  for i = 1, 500 do sum = sum + #char(i + 200) + #char(65, 0x20ac, 0x1f600) end
end
print(sum)

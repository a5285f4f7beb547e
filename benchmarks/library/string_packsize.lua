-- string.packsize
local N = tonumber((...)) or 6800
local packsize = string.packsize
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + packsize("<i4i8d") + packsize("!8 b Xd d") end
end
print(sum)

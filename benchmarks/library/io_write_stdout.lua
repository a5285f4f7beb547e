-- io.write to the standard output
local N = tonumber((...)) or 2500
local sum = 0
for _ = 1, N do
  for i = 1, 300 do io.write("text ", i, " ", i / 4, "\n") end
end
print(sum)

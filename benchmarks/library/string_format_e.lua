-- string.format of floats with exponents, and in hexadecimal
local N = tonumber((...)) or 320
local format = string.format
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #format("%e %.3e %a", i / 3, i * 1e20, i / 16) end
end
print(sum)

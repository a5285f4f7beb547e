-- concatenation of long strings
local N = tonumber((...)) or 4000
local a, b = ("x"):rep(300), ("y"):rep(500)
local sum = 0
for _ = 1, N do
  for i = 1, 300 do sum = sum + #(a .. b .. i) end
end
print(sum)

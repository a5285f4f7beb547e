-- concatenation of strings and numbers
local N = tonumber((...)) or 590
local sum = 0
for _ = 1, N do
  for i = 1, 1000 do sum = sum + #("item " .. i .. ": " .. i * 0.5) end
end
print(sum)
